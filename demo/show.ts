import type { RecordedCall } from '../test/fakes/scripted-upstream/call-log.ts';
import type { ScriptedUpstream } from '../test/fakes/scripted-upstream/scripted-upstream.ts';
import type { AdminClient } from '../test/e2e/support/admin-client.ts';
import type { Actor } from './scene.ts';
import { bold, cyan, dim, green, pad, red, say, table, yellow } from './screen.ts';
import type { Act } from './traffic.ts';

export interface Score {
  calls: number;
  clientErrors: number;
  absorbed: number;
}

const masked = (key: string) => `${key.slice(0, 4)}****${key.slice(-4)}`;

/** The calls that the recheck job makes in between are no client's. */
const isClients = (call: RecordedCall) => call.method === 'POST';

/** Plays every act and shows which keys were tried for it. */
export async function playOne(
  act: Act,
  upstream: ScriptedUpstream,
  actors: readonly Actor[],
  score: Score,
): Promise<void> {
  const before = upstream.calls.length;
  score.calls += 1;
  const outcome = await act.run().then(
    (text) => ({ text }),
    (thrown: unknown) => ({ text: '', thrown }),
  );
  const tried = upstream.calls.slice(before).filter(isClients);
  const failed = tried.filter((call) => call.status !== 200);
  score.absorbed += failed.length;
  const trail = failed.map(
    (call) => `${yellow(String(call.status ?? 'cut off'))} ${dim(partOf(call, actors))}`,
  );
  const server = tried.at(-1);
  const number = dim(String(score.calls).padStart(4));
  const who = `${pad(cyan(act.sdk), 10)} ${pad(act.what, 22)}`;
  if ('thrown' in outcome) {
    score.clientErrors += 1;
    say(`${number}  ${who} ${red('error')}  ${String(outcome.thrown).slice(0, 120)}`);
    return;
  }
  const key = server?.key ?? '';
  say(
    `${number}  ${who} ${green('200')}  ${bold(masked(key))}  ${trail.length > 0 ? `after ${trail.join(', ')}` : dim(outcome.text.slice(0, 40))}`,
  );
}

function partOf(call: RecordedCall, actors: readonly Actor[]): string {
  return actors.find(({ key }) => key === call.key)?.part ?? 'unknown key';
}

/** What became of each key, as the gateway's admin API tells it. */
export async function showKeys(
  admin: AdminClient,
  upstream: ScriptedUpstream,
  actors: readonly Actor[],
): Promise<void> {
  const rows: string[][] = [];
  for (const slug of new Set(actors.map((actor) => actor.upstream))) {
    const stored = await admin.keys(slug);
    for (const actor of actors.filter((one) => one.upstream === slug)) {
      const view = stored.find(({ id }) => id === actor.id);
      const calls = upstream.callsWith(actor.key).filter(isClients);
      const served = calls.filter(({ status }) => status === 200).length;
      const status = view?.status ?? '?';
      rows.push([
        slug,
        masked(actor.key),
        actor.part,
        status === 'active' ? green(status) : yellow(status),
        String(served),
        String(calls.length - served),
      ]);
    }
  }
  say();
  table(['upstream', 'key', 'plays', 'the gateway says', 'served', 'failed'], rows);
}

export function showScore({ calls, clientErrors, absorbed }: Score): void {
  const errors = `client errors ${clientErrors} of ${calls}`;
  say();
  say(
    `  ${clientErrors === 0 ? green(bold(errors)) : red(bold(errors))}, upstream failures absorbed ${bold(String(absorbed))}`,
  );
}

/** What to do next, while the gateway is still up. */
export function showNext(url: string, token: string, tokenFile: string): void {
  say();
  say(`  ${bold('The gateway is still up.')} Ctrl-C ends it and removes its data.`);
  say();
  say(`  gateway      ${cyan(url)}`);
  say(`  admin API    ${cyan(`${url}/docs`)}   token in ${tokenFile}`);
  say(`  client token ${token}   ${dim('(of this demo only)')}`);
  say();
  say(dim('  Try:'));
  say(
    `  curl ${url}/v1/chat/completions -H 'authorization: Bearer ${token}' -H 'content-type: application/json' \\`,
  );
  say(`    -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hello"}]}' -i`);
  say(`  curl ${url}/stats/keys -H "authorization: Bearer $(cat ${tokenFile})"`);
}
