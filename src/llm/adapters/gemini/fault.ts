import { at, listAt, parseJson, textOf } from '../../../kernel/judging.js';
import { parseDuration } from '../../../kernel/retry-hints.js';

/** What is known of a google.rpc.Status; empty where it says nothing. */
export interface GeminiFault {
  readonly message: string;
  /** `RESOURCE_EXHAUSTED`, … */
  readonly status: string;
  /** HTTP status in the body, 0 where there is none. */
  readonly code: number;
  /** Of google.rpc.ErrorInfo, e.g. `API_KEY_INVALID`. */
  readonly reasons: readonly string[];
  /** Of google.rpc.QuotaFailure, e.g. `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. */
  readonly quotaIds: readonly string[];
  /** Of google.rpc.RetryInfo, in milliseconds. */
  readonly retryDelays: readonly number[];
}

/** Reads `{error: {code, message, status, details}}`; streams without SSE wrap it in an array. */
export function readFault(body: string): GeminiFault {
  return faultOf(parseJson(body));
}

export function faultOf(parsed: unknown): GeminiFault {
  const error = at(Array.isArray(parsed) ? parsed[0] : parsed, 'error');
  const details = listAt(error, 'details');
  const code = at(error, 'code');
  return {
    message: textOf(at(error, 'message')),
    status: textOf(at(error, 'status')),
    code: typeof code === 'number' ? code : 0,
    reasons: texts(details.map((detail) => at(detail, 'reason'))),
    quotaIds: texts(
      details.flatMap((detail) => listAt(detail, 'violations')).map((one) => at(one, 'quotaId')),
    ),
    retryDelays: texts(details.map((detail) => at(detail, 'retryDelay')))
      .map(parseDuration)
      .filter((delay) => delay !== undefined),
  };
}

function texts(values: readonly unknown[]): string[] {
  return values.map(textOf).filter((text) => text !== '');
}
