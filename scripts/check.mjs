// `npm test`: everything that has to hold, in the order in which it fails fastest. Arguments go to vitest
// alone: `npm test -- src/kernel` runs only those tests and leaves the other steps out.
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leftOut } from './e2e-suites.mjs';
import { ensureBuilt } from './prepare.mjs';
import { bin, run, runNode, wasInterrupted } from './processes.mjs';

const SERVERS = {
  mysql: process.env.TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306/test',
  postgres: process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test',
  redis: process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379/15',
};
const PORTS = { mysql: 3306, postgres: 5432, redis: 6379 };
/** Those rules ask for what Nest's generator does not write, or for refusals where there are none. */
const OPENAPI = [
  'docs/openapi.json',
  '--extends=recommended',
  '--skip-rule=operation-4xx-response',
  '--skip-rule=no-illogical-composition-keywords',
];
const SOAK_SECONDS = process.env.SOAK_SECONDS ?? (process.env.CI === 'true' ? '900' : '30');
const OFFLINE = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

export async function check(args) {
  const failed = [];
  const step = async (name, work) => {
    if (wasInterrupted()) return;
    console.log(`\n— ${name}`);
    const started = Date.now();
    const code = await work();
    console.log(`  ${code === 0 ? 'ok' : 'FAILED'}, ${((Date.now() - started) / 1000).toFixed(1)} s`);
    if (code !== 0) failed.push(name);
  };
  const reports = mkdtempSync(join(tmpdir(), 'keywheel-test-'));
  mkdirSync(reports, { recursive: true });
  const vitest = async (name, more, { env, stdio } = {}) => {
    const file = join(reports, `${name}.json`);
    const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const code = await run(bin('vitest'), ['run', ...report, ...more], { env, ...(stdio && { stdio }) });
    // A run that was ended before its first test has not passed.
    return code === 0 && !existsSync(file) ? 1 : code;
  };

  await step('build', async () => (await ensureBuilt(), 0));
  if (args.length > 0) {
    await step('tests', () => vitest('chosen', args));
  } else {
    // They wait for servers most of the time.
    const contract = beside(vitest, 'contract', reports);
    await staticChecks(step);
    await step('unit tests', () => vitest('unit', ['--project', 'unit']));
    await step('contract tests, beside what was before', contract);
    const all = await databases(step);
    // Mixed load of a few calls a second.
    const soak = beside(vitest, 'soak', reports, { SOAK_SECONDS });
    for (const database of all) {
      const env = { TEST_DATABASE: database, E2E_LEFT_OUT: leftOut(database, all.length > 1).join(',') };
      await step(`end-to-end tests on ${database}`, () =>
        vitest(`e2e-${database}`, ['--project', 'e2e'], { env }),
      );
    }
    await step('soak, beside the end-to-end tests', soak);
  }
  const totals = sum(reports);
  rmSync(reports, { recursive: true, force: true });
  if (wasInterrupted()) failed.push('interrupted');
  if (process.env.CI === 'true' && totals.skipped > 0) failed.push('nothing may be skipped with CI=true');
  console.log(failed.length === 0 ? '\nAll steps passed.' : `\nFailed: ${failed.join(', ')}`);
  // A step may fail without a test that does: then the steps are counted.
  console.log(
    `${totals.passed} passed, ${totals.failed || failed.length} failed${totals.skipped ? `, ${totals.skipped} skipped` : ''}`,
  );
  return failed.length === 0 ? 0 : 1;
}

async function staticChecks(step) {
  await step('format', () => run(bin('prettier'), ['--check', '--log-level', 'warn', '.']));
  await step('lint', () => run(bin('eslint'), ['.']));
  await step('types', () => run(bin('tsc'), ['-p', 'tsconfig.test.json']));
  await step('import rules', () => run(bin('depcruise'), ['src', '--config', '.dependency-cruiser.cjs']));
  await step('no unused files and packages', () => run(bin('knip'), []));
  await step('generated documents are current', async () => {
    const code = await runNode(['dist/write-openapi.js', '--check', 'docs/openapi.json']);
    return (
      code ||
      (await runNode(['dist/write-readme-tables.js', '--check', 'README.md'])) ||
      runNode(['scripts/write-conformance.mjs', '--check'])
    );
  });
  await step('the OpenAPI document is valid', () =>
    run(bin('redocly'), ['lint', ...OPENAPI], { env: OFFLINE }),
  );
}

/** Runs a project of tests while other steps run; answers the step that waits for its end and shows it. */
function beside(vitest, project, reports, env) {
  if (wasInterrupted()) return () => 1;
  const log = join(reports, `${project}.log`);
  const file = openSync(log, 'w');
  const running = vitest(project, ['--project', project], { env, stdio: ['ignore', file, file] });
  return async () => {
    const code = await running;
    process.stdout.write(readFileSync(log, 'utf8'));
    return code;
  };
}

/** The databases to run the end-to-end suites on; one that does not answer is told, and fails with CI=true. */
async function databases(step) {
  const found = ['sqlite'];
  for (const [name, url] of Object.entries(SERVERS)) {
    if (await answers(url, PORTS[name])) {
      if (name !== 'redis') found.push(name);
    } else if (process.env.CI === 'true') {
      await step(`${name} at ${withoutPassword(url)}`, async () => 1);
    } else {
      console.log(`\n— skipped: ${name} does not answer at ${withoutPassword(url)}`);
    }
  }
  return found;
}

function answers(url, port) {
  const { hostname, port: given } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(given || port), timeout: 2000 });
    const end = (result) => (socket.destroy(), resolve(result));
    socket
      .once('connect', () => end(true))
      .once('timeout', () => end(false))
      .once('error', () => end(false));
  });
}

function withoutPassword(url) {
  const shown = new URL(url);
  shown.password = '';
  return shown.href;
}

function sum(folder) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const name of ['unit', 'contract', 'e2e-sqlite', 'e2e-mysql', 'e2e-postgres', 'soak', 'chosen']) {
    let report;
    try {
      report = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    } catch {
      continue;
    }
    totals.passed += report.numPassedTests;
    totals.failed += report.numFailedTests;
    totals.skipped += report.numPendingTests + report.numTodoTests;
  }
  return totals;
}
