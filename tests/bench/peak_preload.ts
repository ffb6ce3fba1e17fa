/** Loaded before a program: when it ends, writes its peak memory, in megabytes, as the last line of stderr. */
import process from "node:process";

addEventListener("unload", () => {
  // Kilobytes on Linux: the VmHWM of /proc, which Deno shows to nobody.
  const line = `${Math.round(process.resourceUsage().maxRSS / 1024)}\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
});
