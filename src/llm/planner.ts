import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../kernel/errors.js';
import { isPromise } from '../kernel/maybe-promise.js';
import { conversationOf } from '../proxy/affinity.js';
import type { Call } from '../proxy/call.js';
import { Forwarder } from '../proxy/forwarder.js';
import { Reception } from '../proxy/reception.js';
import { readBody } from '../proxy/wire/call-body.js';
import { Settings } from '../settings/settings.js';
import type { LlmPath } from './llm-path.js';
import { readLlmRequest } from './llm-request.js';
import { answerItself } from './own-answer.js';
import { Plans } from './plans.js';
import { Targets } from './targets.js';
import { isOwn } from './translation/operation.js';

/** A call of an LLM path, from its body to its plan. */
@Injectable()
export class Planner {
  constructor(
    private readonly targets: Targets,
    private readonly plans: Plans,
    private readonly reception: Reception,
    private readonly forwarder: Forwarder,
    private readonly settings: Settings,
  ) {}

  async serve(call: Call, path: LlmPath): Promise<void> {
    assertMethod(call, path);
    const body = await readBody(call.req, this.settings.values.maxBodyBytes);
    const request = readLlmRequest(
      path,
      call.req.headers['content-type'] ?? '',
      body,
      path.slug === undefined,
    );
    call.model = request.model;
    call.conversation = conversationOf(call, request.conversation);
    const found = this.targets.of(call, path, request);
    const targets = isPromise(found) ? await found : found;
    const admitted = this.reception.admit(call, request.tokens);
    if (isPromise(admitted)) await admitted;
    if (isOwn(targets)) return answerItself(call, targets);
    call.upstream = targets[0]!.upstream;
    await this.forwarder.forward(call, this.plans.of(call, path, request, targets));
  }
}

function assertMethod(call: Call, path: LlmPath): void {
  const asks = path.modelIn === 'body' || path.modelIn === 'form' || path.modelIn === 'path';
  const lists = path.operation === 'cached_contents';
  if (path.slug === undefined && asks && !lists && call.req.method !== 'POST') {
    throw new KeywheelError('method_not_allowed', `${call.path} takes POST only.`);
  }
}
