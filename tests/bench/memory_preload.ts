/** Loaded before a program: writes its memory, in megabytes, to stderr every half second, and its peak when it ends. */
import process from "node:process";

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

Deno.unrefTimer(setInterval(() => say(`memory ${Math.round(process.memoryUsage.rss() / 1e6)}`), 500));
// Kilobytes on Linux.
addEventListener("unload", () => say(`peak ${Math.round(process.resourceUsage().maxRSS / 1e3)}`));
