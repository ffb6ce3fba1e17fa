/** Running the Deno that runs this. */

/** What a run of Deno left behind. */
export interface DenoResult {
  readonly success: boolean;
  /** stdout and stderr, one after the other, without colours. */
  readonly text: string;
}

/** Runs Deno to its end, in a folder. */
export async function runDeno(args: readonly string[], cwd: string): Promise<DenoResult> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { success, text: `${decoder.decode(stdout)}${decoder.decode(stderr)}`.trim() };
}
