import type { ReplyRules } from '../../../proxy/plan.js';
import { ADAPTERS } from '../../adapters/adapters.js';
import { CODECS } from '../../adapters/codecs.js';
import type { Codec } from '../../conversation/codec.js';
import type { LlmProtocol } from '../../llm-path.js';
import { type Rewrite, WholeAnswer } from './whole-answer.js';

/** Whose words for faults are read and written. */
const FAULTS: Readonly<Record<LlmProtocol, Pick<Codec, 'readFault' | 'writeFault'>>> = {
  openai: CODECS.chat,
  anthropic: CODECS.anthropic,
  gemini: CODECS.gemini,
};

export interface WholeExchange {
  readonly upstream: LlmProtocol;
  readonly caller: LlmProtocol;
  readonly requestId: string;
  /** Of what the caller gets; absent: JSON. */
  readonly contentType?: string;
}

/** How an answer in one piece is judged as its own protocol says, and written for the caller. */
export function wholeRules(exchange: WholeExchange, rewrite: Rewrite): ReplyRules {
  const { upstream, caller, requestId, contentType = 'application/json; charset=utf-8' } = exchange;
  return {
    judge: ADAPTERS[upstream].judge,
    hold: () => 'whole',
    watch: () => new WholeAnswer(rewrite),
    breakEvent: () => '',
    contentType,
    rewriteError: (status, body) => {
      const fault = FAULTS[upstream].readFault(status, body);
      return Buffer.from(JSON.stringify(FAULTS[caller].writeFault(fault, requestId)));
    },
  };
}
