const parentCheckMs = 500;
/** npm passes on a Ctrl-C that the terminal has sent us already: what follows this soon is the same one. */
const sameInterruptMs = 1_000;
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Runs a program that may be interrupted (Ctrl-C, SIGTERM, SIGHUP) at any moment, and then exits. Whatever happens,
 * `parts` is disposed of first; another interrupt does not wait for that. The program answers with its exit code.
 */
export async function untilInterrupted(
  program: (parts: AsyncDisposableStack) => Promise<number>,
): Promise<void> {
  const parts = new AsyncDisposableStack();
  let ending = false;
  const end = async (code: number) => {
    ending = true;
    await parts.disposeAsync().catch((error: unknown) => console.error(error));
    process.exit(code);
  };
  let interruptedAt: number | undefined;
  const interrupt = (code: number) => {
    if (interruptedAt === undefined) {
      interruptedAt = performance.now();
      console.error('\nStopping … (once more does not wait)');
      if (!ending) void end(code);
    } else if (performance.now() - interruptedAt > sameInterruptMs) process.exit(code);
  };
  for (const [signal, code] of Object.entries(exitCodes)) process.on(signal, () => interrupt(code));
  // npm does not always pass on the signal that ends it: then its end is ours.
  const parent = process.ppid;
  const orphaned = () => process.ppid !== parent && !ending && interrupt(exitCodes.SIGTERM);
  setInterval(orphaned, parentCheckMs).unref();
  try {
    const code = await program(parts);
    if (!ending) await end(code);
  } catch (error) {
    // An interrupt takes the parts away under the program: what it says then is noise.
    if (ending) return;
    console.error(error instanceof Error ? error.message : error);
    await end(1);
  }
}
