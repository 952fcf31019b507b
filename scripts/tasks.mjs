// What each npm script does. Runs on a supported Node (scripts/run.mjs sees to that).
import { ensureBuilt, ensureInstalled, rebuild } from './prepare.mjs';
import { bin, root, run, runNode } from './processes.mjs';
import { check } from './check.mjs';

const TASKS = {
  async start(args) {
    await ensureInstalled();
    await ensureBuilt();
    return runNode(['--enable-source-maps', 'dist/main.js', ...args]);
  },
  async serve(args) {
    return runNode(['--enable-source-maps', 'dist/main.js', ...args]);
  },
  async dev(args) {
    await ensureInstalled();
    await run(bin('tsc'), ['-b', 'migrations']);
    // Without a shell between them: a signal that ends a shell leaves what it started behind.
    return run(bin('nest'), ['start', '--watch', '--no-shell', '--preserveWatchOutput', ...args]);
  },
  async build() {
    await ensureInstalled();
    return rebuild();
  },
  async test(args) {
    await ensureInstalled();
    return check(args);
  },
  async demo(args) {
    await ensureInstalled();
    await ensureBuilt();
    return runNode(['demo/demo.ts', ...args]);
  },
  async bench(args) {
    await ensureInstalled();
    await ensureBuilt();
    return runNode(['bench/bench.ts', ...args]);
  },
  async 'rotate-master-key'(args) {
    await ensureInstalled();
    await ensureBuilt();
    return runNode(['--enable-source-maps', 'dist/rotate-master-key.js', ...args]);
  },
  async vitest(args) {
    await ensureInstalled();
    return run(bin('vitest'), args);
  },
  /** Measures anew what survives translation, writes it down for a person to read, and prints the sums. */
  async conformance() {
    await ensureInstalled();
    const suite = ['run', '--project', 'e2e', 'test/e2e/conformance.spec.ts'];
    const code = await run(bin('vitest'), suite, { env: { CONFORMANCE: 'write' } });
    const written = ['expected.ts', 'reasons.ts'].map((file) => `test/e2e/conformance/${file}`);
    await run(bin('prettier'), ['--write', '--log-level', 'warn', ...written]);
    return code || runNode(['scripts/write-conformance.mjs', '--print']);
  },
  async lint(args) {
    await ensureInstalled();
    return run(bin('eslint'), ['.', ...args]);
  },
  async format() {
    await ensureInstalled();
    return run(bin('prettier'), ['--write', '--log-level', 'warn', '.']);
  },
  async docs() {
    await ensureInstalled();
    await ensureBuilt();
    const code = await runNode(['dist/write-openapi.js', 'docs/openapi.json']);
    return (
      code ||
      (await runNode(['dist/write-readme-tables.js', 'README.md'])) ||
      runNode(['scripts/write-conformance.mjs'])
    );
  },
};

/** Runs one task in the repository's root; answers the exit code. */
export async function runTask(name, args) {
  process.chdir(root);
  const task = TASKS[name];
  if (task) return (await task(args)) ?? 0;
  console.error(`Unknown task ${name}. There are: ${Object.keys(TASKS).join(', ')}.`);
  return 2;
}
