/** The exit code of a start that its environment made impossible: sysexits' EX_CONFIG. */
export const BOOT_FAULT_EXIT_CODE = 78;

/** Why the process cannot start: every fault at once, each a plain sentence that says what to write. */
export class BootFault extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`Keywheel cannot start:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'BootFault';
  }
}
