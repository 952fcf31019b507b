import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { buildOpenApi } from './admin/openapi.js';
import { AppModule } from './app.module.js';
import { loadConfig } from './config/load-config.js';
import { createLogger } from './logging/create-logger.js';

/*
 * node dist/write-openapi.js [--check] FILE
 * Writes the OpenAPI document, or tells by exit code 1 that FILE is not current. Nest's preview mode resolves every
 * module without building a provider: no database is opened, no file made, nothing listens.
 */

/** Secrets that open nothing, so that none are generated. */
const ENVIRONMENT = {
  DATABASE_URL: 'sqlite::memory:',
  MASTER_KEY: Buffer.alloc(32).toString('base64'),
  ADMIN_TOKEN: 'only-for-writing-the-document',
  LOG_LEVEL: 'silent',
};

async function documentText(): Promise<string> {
  const config = loadConfig(ENVIRONMENT);
  const module = AppModule.register(config, createLogger(config));
  const app = await NestFactory.create(module, { preview: true, logger: false, abortOnError: false });
  return `${JSON.stringify(buildOpenApi(app), null, 2)}\n`;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

async function run(args: readonly string[]): Promise<string | undefined> {
  const file = args.find((arg) => !arg.startsWith('--'));
  if (file === undefined) return 'usage: write-openapi [--check] FILE';
  const text = await documentText();
  if (args.includes('--check'))
    return read(file) === text ? undefined : `${file} is not current: npm run docs`;
  writeFileSync(file, text);
  return undefined;
}

const fault = await run(process.argv.slice(2));
if (fault !== undefined) process.stderr.write(`${fault}\n`);
process.exitCode = fault === undefined ? 0 : 1;
