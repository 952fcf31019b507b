import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type DestinationStream, multistream, pino, type StreamEntry, transport } from 'pino';
import type { Config } from '../config/config.js';
import { REDACTED } from '../kernel/secret.js';
import { BulkWriter } from './bulk-writer.js';
import type { Log } from './log.js';
import { describeError } from './describe-error.js';
import { settleOutput } from './settle-output.js';

/** Files besides the one that is being written. */
const KEPT_FILES = 14;
const MAX_FILE_SIZE = '50m';

/** Secrets redact themselves; this net is for headers and fields that somebody logs as plain text. */
const SECRET_FIELDS = [
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'x-keywheel-token',
  'cookie',
  'set-cookie',
];
const SECRET_PLACES = ['', 'headers', 'req.headers', 'res.headers'];
const SECRET_NAMES = ['token', 'password', 'secret', 'apiKey', 'masterKey', 'adminToken'];

const redactedPaths = [
  ...SECRET_PLACES.flatMap((place) => SECRET_FIELDS.map((field) => `${place}["${field}"]`)),
  ...SECRET_NAMES,
];

/** What a pipe takes in one piece, so that lines of several processes do not mingle: POSIX's PIPE_BUF on Linux. */
const ONE_PIECE = 4096;

function standardOutput({ worker }: Destinations): DestinationStream {
  return pino.destination({ dest: 1, sync: false, ...(worker !== undefined && { maxWrite: ONE_PIECE }) });
}

function rollingFiles(directory: string): DestinationStream {
  return transport({
    target: createRequire(import.meta.url).resolve('pino-roll'),
    options: {
      file: join(directory, 'keywheel.log'),
      frequency: 'daily',
      dateFormat: 'yyyy-MM-dd',
      size: MAX_FILE_SIZE,
      mkdir: true,
      limit: { count: KEPT_FILES, removeOtherLogFiles: true },
    },
  });
}

function destination(
  { logDir, logLevel, worker }: Destinations,
  stdout: DestinationStream,
): DestinationStream {
  if (logDir === undefined || logLevel === 'silent') return stdout;
  const directory = worker === undefined ? logDir : join(logDir, `worker-${worker}`);
  const streams: StreamEntry[] = [stdout, rollingFiles(directory)].map((stream) => ({
    stream,
    level: 'trace',
  }));
  return multistream(streams);
}

interface Destinations extends Pick<Config, 'logDir' | 'logLevel'> {
  /** The number of this process where several write to one stdout; its files have a directory of their own. */
  readonly worker?: number;
}

/**
 * The process's log: JSON lines on stdout, and in rolling files where `LOG_DIR` is set.
 * @param stdout for tests
 */
export function createLogger(config: Destinations, stdout: DestinationStream = standardOutput(config)): Log {
  const stream = destination(config, stdout);
  const calls = new BulkWriter(stream, config.worker !== undefined);
  const logger = pino(
    {
      level: config.logLevel,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.epochTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      redact: { paths: redactedPaths, censor: REDACTED },
    },
    stream,
  );
  // Children find these on their prototype, of which pino's types know nothing.
  return Object.assign(logger, {
    bulk: calls.write,
    async end(fields: object, message: string) {
      calls.flush();
      if (!logger.isLevelEnabled('info')) return;
      logger.info(fields, message);
      await settleOutput(stdout);
    },
  }) as unknown as Log;
}
