import type { MaybePromise } from '../../kernel/maybe-promise.js';
import type { Heartbeat, ReplyRules } from '../../proxy/plan.js';
import type { CallBody } from '../../proxy/wire/call-body.js';
import type { Upstream } from '../../upstreams/upstream.js';
import type { LlmPath } from '../llm-path.js';
import type { Candidate } from '../candidate.js';

/** A call whose upstream speaks another protocol, as it came. */
export interface AskedCall {
  readonly requestId: string;
  /** Id of the access token. */
  readonly owner: string;
  readonly path: LlmPath;
  /** Without the question mark. */
  readonly query: string;
  readonly contentType: string;
  readonly body: CallBody;
  /** As the client names it. */
  readonly model: string;
  readonly signal: AbortSignal;
  /** Takes room under the token's limits, before anything is fetched. @throws KeywheelError token_limit */
  admit(): MaybePromise<void>;
  /** Under which `scheme://host[:port]` the client has reached us. */
  origin(): string;
}

/** The call as one upstream gets it. */
export interface WrittenCall {
  /** As the upstream's protocol writes it, version segment and query included: `/v1/messages`. */
  readonly path: string;
  readonly body: Buffer;
  readonly contentType: string;
  /** More headers, lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How the answer is judged and written for the caller. */
  readonly rules: ReplyRules;
  /** Where the caller asked for a stream and the upstream makes none. */
  readonly heartbeat?: Heartbeat;
  /** What got lost, in stable words. */
  readonly warnings: readonly string[];
}

/** What Keywheel answers by itself, where an upstream has nothing that could: no key is used. */
export interface OwnAnswer {
  /** The JSON that the caller gets. */
  make(): Promise<object>;
  /** In stable words. */
  readonly warnings: readonly string[];
}

export function isOwn(written: object): written is OwnAnswer {
  return 'make' in written;
}

/** @throws KeywheelError untranslatable where this upstream's protocol cannot express the call */
export type WriteFor = (candidate: Candidate) => MaybePromise<WrittenCall | OwnAnswer>;

/** A family of calls that can be put to upstreams of other protocols. */
export interface OperationTranslation {
  /** Whether it takes this path to an upstream that does not speak the caller's protocol. */
  reaches(path: LlmPath, upstream: Upstream): boolean;
  /** Reads the call once; what it returns writes it for each upstream. @throws KeywheelError bad_body */
  read(asked: AskedCall): MaybePromise<WriteFor>;
}
