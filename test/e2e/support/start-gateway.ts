import './clean-environment.ts';
import { AdminClient } from './admin-client.ts';
import { GatewayProcess, type Ended } from './gateway-process.ts';
import { createHome, environmentOf, type Home } from './home.ts';
import { findLeaks, shownBy } from './sweep.ts';

export interface GatewayOptions {
  /** Where it lives; without one it gets a fresh home, which goes with it. */
  readonly home?: Home;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
}

/** A running gateway with what a test needs of it. */
export interface Gateway {
  readonly url: string;
  readonly admin: AdminClient;
  readonly home: Home;
  readonly process: GatewayProcess;
  /** Ends it and sweeps everything it left behind for secrets; throws when one is found. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<Ended>;
}

export async function startGateway({
  home: given,
  env = {},
  nodeOptions,
}: GatewayOptions = {}): Promise<Gateway> {
  const home = given ?? (await createHome());
  const process = await GatewayProcess.start({
    env: { ...environmentOf(home), ...env },
    cwd: home.directory,
    nodeOptions,
  });
  const admin = new AdminClient(process.url, home.adminToken);
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    const shown = signal === 'SIGKILL' ? '' : await shownBy(admin);
    const ended = await process.stop(signal);
    const leaks = await findLeaks(home, process.output, shown);
    if (!given) await home.remove();
    if (leaks.length > 0) throw new Error(`secrets leaked:\n${leaks.join('\n')}`);
    return ended;
  };
  return { url: process.url, admin, home, process, stop };
}
