import type { AddressInfo } from 'node:net';
import { Global, Module, type Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { AccessModule } from '../access/access.module.js';
import { AuditRow } from '../access/audit-row.js';
import { SessionRow } from '../access/session-row.js';
import { TokenRow } from '../access/token-row.js';
import { testConfig } from '../config/config.fixture.js';
import { ConfigModule } from '../config/config.module.js';
import type { Config } from '../config/config.js';
import { ChangeRow } from '../database/change-row.js';
import { ConfigVersion } from '../database/config-version.js';
import { DatabaseModule } from '../database/database.module.js';
import { Clock, ManualClock } from '../kernel/clock.js';
import { parseJson } from '../kernel/judging.js';
import { RecordingLog } from '../logging/log.fixture.js';
import { LoggerModule } from '../logging/logger.module.js';
import { AdminModule } from './admin.module.js';
import { configureAdmin } from './configure-admin.js';

export const START = Date.parse('2026-11-21T12:00:00Z');

export interface Shell {
  readonly app: NestExpressApplication;
  readonly clock: ManualClock;
  readonly log: RecordingLog;
  readonly adminToken: string;
  /** Sends a request; `token` goes as bearer, an object as JSON. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface AskOptions {
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined where the text is no JSON. */
  readonly json: Looked;
}

/** What tests look for in answers. What is not there is undefined, and no expectation holds of it. */
export interface Looked {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly role: string;
  readonly secret: string;
  readonly keywheel_code: string;
  readonly total: number;
  readonly items: readonly { readonly id: string; readonly name: string }[];
  readonly errors: readonly { readonly path: string }[];
}

/** The control plane with the access room and the given controllers, on a free port, SQLite in memory. */
export async function startShell(controllers: Type[] = [], overrides: Partial<Config> = {}): Promise<Shell> {
  const config = testConfig(overrides);
  const clock = new ManualClock(START);
  const log = new RecordingLog();

  @Global()
  @Module({ providers: [{ provide: Clock, useValue: clock }], exports: [Clock], controllers })
  class TestModule {}

  const module = await Test.createTestingModule({
    imports: [
      TestModule,
      ConfigModule.register(config),
      LoggerModule.register(log),
      DatabaseModule.register({ entities: [ConfigVersion, ChangeRow, TokenRow, SessionRow, AuditRow] }),
      AccessModule,
      AdminModule,
    ],
  }).compile();
  const app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false });
  configureAdmin(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const adminToken = config.adminToken.reveal();
  const ask = (method: string, path: string, options: AskOptions = {}) =>
    send(`http://127.0.0.1:${port}${path}`, method, options);
  return { app, clock, log, adminToken, ask, close: () => app.close() };
}

async function send(url: string, method: string, { token, headers, body }: AskOptions): Promise<Answer> {
  const asJson = body !== undefined && typeof body !== 'string';
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(asJson && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: asJson ? JSON.stringify(body) : body,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): Looked {
  return parseJson(text) as Looked;
}
