import '../test/e2e/support/clean-environment.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AdminClient } from '../test/e2e/support/admin-client.ts';
import { GatewayProcess } from '../test/e2e/support/gateway-process.ts';
import { openScene, setUp } from './scene.ts';
import { bold, dim, red, say } from './screen.ts';
import { playOne, showKeys, showNext, showScore, type Score } from './show.ts';
import { acts } from './traffic.ts';

const USAGE = `npm run demo [-- --once] [-- --port N] [-- --rounds N]

No keys, no network: a scripted provider with good, rate-limited and dead keys, a gateway in front of it, and the
official SDKs of OpenAI, Anthropic and Google as its clients.

  --once      ends after the run (as DEMO_EXIT=1 does); exit code 1 when a client saw an error
  --port N    port of the gateway; any free one without it
  --rounds N  how often the SDKs' calls are repeated; 4 without it
`;

const { values } = parseArgs({
  options: {
    once: { type: 'boolean' },
    port: { type: 'string', default: '0' },
    rounds: { type: 'string', default: '4' },
    help: { type: 'boolean' },
  },
});

async function play(): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'keywheel-demo-'));
  const { upstream, actors } = await openScene();
  const env = {
    PORT: values.port,
    HOST: '127.0.0.1',
    HOME: directory,
    ALLOW_PRIVATE_UPSTREAMS: 'true',
    LOG_LEVEL: 'warn',
  };
  const interrupted = new Promise<void>((resolve) =>
    process.once('SIGINT', resolve).once('SIGTERM', resolve),
  );
  let gateway: GatewayProcess | undefined;
  try {
    gateway = await GatewayProcess.start({ cwd: directory, env, nodeOptions: ['--enable-source-maps'] });
    const tokenFile = join(
      directory,
      'data',
      readdirSync(join(directory, 'data')).find((name) => name.includes('token')) ?? '',
    );
    const admin = new AdminClient(gateway.url, readFileSync(tokenFile, 'utf8').trim());
    const token = await setUp(admin, upstream, actors);
    const good = actors.filter((actor) => actor.good).length;
    say(bold(`\nKeywheel: ${actors.length} keys, ${good} of them good, one door\n`));
    say(
      dim(
        '      SDK        call                   answer, the key that served it, and what was tried before',
      ),
    );
    const score: Score = { calls: 0, clientErrors: 0, absorbed: 0 };
    const script = acts(gateway.url, token, fetch);
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const act of script) await playOne(act, upstream, actors, score);
    }
    await showKeys(admin, upstream, actors);
    showScore(score);
    if (values.once !== true && process.env.DEMO_EXIT !== '1') {
      showNext(gateway.url, token, tokenFile);
      await Promise.race([interrupted, gateway.ended]);
    }
    return score.clientErrors === 0 ? 0 : 1;
  } finally {
    await gateway?.stop();
    await upstream.close();
    await rm(directory, { recursive: true, force: true });
  }
}

if (values.help) {
  say(USAGE);
} else {
  process.exitCode = await play().catch((thrown: unknown) => {
    say(red(thrown instanceof Error ? thrown.message : String(thrown)));
    return 1;
  });
}
