import type { Json, Spoken } from './programmed-upstream.ts';

/*
 * What the providers refuse by their public references: unknown fields first of all, since that is how a gateway
 * that mixes protocols up gives itself away.
 */

const words = (text: string) => new Set(text.split(/\s+/));

/** https://platform.openai.com/docs/api-reference/chat/create */
const CHAT = words(
  `model messages tools tool_choice parallel_tool_calls response_format temperature top_p n stop seed logprobs
  top_logprobs max_tokens max_completion_tokens presence_penalty frequency_penalty logit_bias user safety_identifier
  stream stream_options modalities audio reasoning_effort verbosity metadata store service_tier prediction
  prompt_cache_key prompt_cache_retention web_search_options functions function_call prompt_cache_options moderation`,
);
const CHAT_MESSAGE = words('role content name tool_calls tool_call_id refusal audio function_call');

/** https://docs.anthropic.com/en/api/messages */
const ANTHROPIC = words(
  `model messages max_tokens system stop_sequences stream temperature top_p top_k tools tool_choice thinking metadata
  service_tier container context_management mcp_servers output_config output_format cache_control inference_geo speed`,
);
const ANTHROPIC_BLOCKS: Readonly<Record<string, ReadonlySet<string>>> = {
  text: words('type text cache_control citations'),
  image: words('type source cache_control'),
  document: words('type source title context citations cache_control'),
  thinking: words('type thinking signature'),
  redacted_thinking: words('type data'),
  tool_use: words('type id name input cache_control caller'),
  tool_result: words('type tool_use_id content is_error cache_control'),
};

/** https://ai.google.dev/api/generate-content */
const GEMINI = words(
  'contents systemInstruction tools toolConfig safetySettings generationConfig cachedContent labels model serviceTier store',
);
const GEMINI_CONFIG = words(
  `stopSequences responseMimeType responseSchema responseJsonSchema responseModalities candidateCount maxOutputTokens
  temperature topP topK seed presencePenalty frequencyPenalty responseLogprobs logprobs enableEnhancedCivicAnswers
  speechConfig thinkingConfig imageConfig mediaResolution`,
);
const GEMINI_PART = words(
  `text thought thoughtSignature inlineData fileData functionCall functionResponse executableCode codeExecutionResult
  videoMetadata mediaResolution partMetadata toolCall toolResponse`,
);

/** Why the provider would refuse the body; undefined where it would not. */
export function complaintAbout(spoken: Spoken, body: Json): string | undefined {
  try {
    return complaintOf(spoken, body);
  } catch (error) {
    return `not of a known shape: ${String(error)}`;
  }
}

function complaintOf(spoken: Spoken, body: Json): string | undefined {
  switch (spoken) {
    case 'chat':
      return aboutChat(body);
    case 'anthropic':
      return aboutAnthropic(body);
    case 'gemini':
      return aboutGemini(body);
    case 'responses':
      return typeof body.model === 'string' ? undefined : 'model is required';
  }
}

function stranger(fields: unknown, known: ReadonlySet<string>, where: string): string | undefined {
  const name = Object.keys(fields as Json).find((one) => !known.has(one));
  return name === undefined ? undefined : `Unknown name "${name}" in ${where}`;
}

function aboutChat(body: Json): string | undefined {
  const messages = body.messages as Json[];
  const called = new Set<unknown>();
  for (const message of messages) {
    const odd = stranger(message, CHAT_MESSAGE, `a message of ${String(message.role)}`);
    if (odd !== undefined) return odd;
    for (const call of (message.tool_calls as Json[] | undefined) ?? []) called.add(call.id);
    if (message.role === 'tool' && !called.has(message.tool_call_id)) return 'tool_call_id answers no call';
    if (message.role !== 'assistant' && message.content == null) return 'content is required';
  }
  return stranger(body, CHAT, 'the request');
}

function aboutAnthropic(body: Json): string | undefined {
  if (typeof body.max_tokens !== 'number') return 'max_tokens: Field required';
  let open: unknown[] = [];
  for (const { role, content } of body.messages as Json[]) {
    const blocks: Json[] =
      typeof content === 'string' ? [{ type: 'text', text: content }] : (content as Json[]);
    for (const block of blocks) {
      const known = ANTHROPIC_BLOCKS[String(block.type)];
      const odd = known && stranger(block, known, `a block ${String(block.type)}`);
      if (odd !== undefined) return odd;
      if (block.type === 'text' && String(block.text) === '') return 'text content blocks must be non-empty';
    }
    if (role === 'user') {
      const answered = blocks.slice(0, open.length).map(({ tool_use_id }) => tool_use_id);
      if (open.some((id) => !answered.includes(id))) return 'tool_use without tool_result immediately after';
      open = [];
    } else open = blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => id);
  }
  return stranger(body, ANTHROPIC, 'the request');
}

function aboutGemini(body: Json): string | undefined {
  for (const { role, parts } of body.contents as Json[]) {
    if (role !== undefined && role !== 'user' && role !== 'model')
      return `Please use a valid role: ${JSON.stringify(role)}`;
    if (!Array.isArray(parts) || parts.length === 0) return 'contents.parts must not be empty.';
    for (const part of parts as Json[]) {
      const odd = stranger(part, GEMINI_PART, 'a part');
      if (odd !== undefined) return odd;
    }
  }
  return (
    stranger(body, GEMINI, 'the request') ??
    stranger(body.generationConfig ?? {}, GEMINI_CONFIG, 'generationConfig')
  );
}
