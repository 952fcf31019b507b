import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { configureAdmin } from './admin/configure-admin.js';
import { AppModule } from './app.module.js';
import { Config } from './config/config.js';
import { DataPlane } from './data-plane.js';
import { Lifecycle } from './kernel/lifecycle.js';
import { Listeners } from './listeners.js';
import { Log } from './logging/log.js';
import { NestLog } from './logging/nest-log.js';
import { Settings } from './settings/settings.js';
import { type Colleagues, NoColleagues } from './workers/colleagues.js';

/** Longer than the usual 60 s of load balancers before us, so that it is never we who close first. */
const KEEP_ALIVE_MS = 75_000;
/** For the head of a request: whoever opens connections and says nothing keeps them no longer. */
const HEADERS_MS = 30_000;
/** How often that is looked after. */
const CHECK_MS = 5_000;
/** For a request with its body; uploads that go on may take long, those that stand are ended by `clientIdleTimeoutMs`. */
const REQUEST_MS = 3_600_000;
const PUBLIC_PATHS = /^\/(?:health(?:\/|\?|$)|\?|$)/;

/** Express, behind the data plane: calls are answered on the raw request and never enter it. */
class GatewayAdapter extends ExpressAdapter {
  dataPlane: DataPlane | undefined;
  /** With a port of its own for the control plane, this one shows nothing of it but welcome and health. */
  separateAdmin = false;
  listeners: Listeners | undefined;

  override initHttpServer(): void {
    const express = this.getInstance<(req: IncomingMessage, res: ServerResponse) => void>();
    const server = createServer({ connectionsCheckingInterval: CHECK_MS }, (req, res) => {
      if (this.dataPlane?.takes(req, res)) return;
      if (this.separateAdmin && !PUBLIC_PATHS.test(req.url ?? '')) this.dataPlane!.refuse(req, res);
      else express(req, res);
    });
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.headersTimeout = HEADERS_MS;
    server.requestTimeout = REQUEST_MS;
    this.httpServer = server;
    this.listeners = new Listeners(server);
  }

  /** Once nothing is running, a client that merely stays connected does not hold up the end. */
  override close(): Promise<void> {
    this.listeners?.close();
    const closed = super.close() as Promise<void>;
    (this.httpServer as Server).closeAllConnections();
    return closed;
  }
}

export interface App {
  /** `http://host:port` of the data plane, and of the control plane. */
  readonly url: string;
  readonly adminUrl: string;
  /** Calls that are running. */
  readonly openCalls: number;
  /** Refuses new calls, lets running ones finish for at most `drainSeconds`, then ends the rest and closes. */
  drain(): Promise<void>;
}

/** Builds everything, applies migrations, and listens. @throws BootFault */
export async function startApp(
  config: Config,
  log: Log,
  colleagues: Colleagues = new NoColleagues(),
): Promise<App> {
  const adapter = new GatewayAdapter();
  const nest = await NestFactory.create<NestExpressApplication>(
    AppModule.register(config, log, colleagues),
    adapter,
    {
      logger: new NestLog(log),
      bodyParser: false,
      abortOnError: false,
    },
  );
  configureAdmin(nest);
  await nest.init();
  const dataPlane = nest.get(DataPlane);
  const lifecycle = nest.get(Lifecycle);
  const settings = nest.get(Settings);
  adapter.dataPlane = dataPlane;
  dataPlane.watchClients(() => settings.values.clientIdleTimeoutMs);
  adapter.separateAdmin = config.adminPort !== undefined;
  await adapter.listeners!.open(config.port, config.host);
  const admin = config.adminPort === undefined ? undefined : await listenForAdmin(adapter, config);
  lifecycle.state = 'ready';
  colleagues.onAsked('health', () => ({ state: lifecycle.state, openCalls: dataPlane.openCalls }));
  return {
    url: urlOf(adapter.getHttpServer(), config.host),
    adminUrl: urlOf(admin ?? adapter.getHttpServer(), config.host),
    get openCalls() {
      return dataPlane.openCalls;
    },
    async drain() {
      lifecycle.state = 'draining';
      await dataPlane.drained(config.drainSeconds * 1000);
      admin?.closeAllConnections();
      admin?.close();
      await nest.close();
    },
  };
}

function listenForAdmin(adapter: GatewayAdapter, { adminPort, host }: Config): Promise<Server> {
  const server = createServer(adapter.getInstance<(req: IncomingMessage, res: ServerResponse) => void>());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(adminPort, host, () => resolve(server));
  });
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${shown}:${port}`;
}
