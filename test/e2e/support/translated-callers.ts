import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import type { ResponseInput } from 'openai/resources/responses/responses';
import type { House } from './house.ts';
import { aiProviders, anthropicClient, googleClient, openaiClient } from './sdk-clients.ts';

/** What a client got, whatever SDK it has. */
export interface Heard {
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly city: unknown }[];
  readonly finish: string;
  readonly input: number;
  readonly output: number;
}

/** An app with the official SDK of one dialect. */
export interface Caller {
  readonly name: string;
  readonly finishes: { readonly stop: string; readonly calls: string };
  /** Asks once, with or without a tool `weather`. */
  ask(house: House, model: string, options: { stream: boolean; tool: boolean }): Promise<Heard>;
  /** Asks with the tool, answers the call, and tells what comes then. */
  loop(house: House, model: string): Promise<string>;
}

const QUESTION = 'hello there';
const RESULT = '21 degrees';
const SCHEMA = { type: 'object' as const, properties: { city: { type: 'string' as const } } };
const RESPONSES_TOOL = { type: 'function' as const, name: 'weather', parameters: SCHEMA, strict: false };

const chat: Caller = {
  name: 'openai chat',
  finishes: { stop: 'stop', calls: 'tool_calls' },
  async ask({ url, token }, model, { stream, tool }) {
    const client = openaiClient(url, token);
    const request = {
      model,
      messages: [{ role: 'user' as const, content: QUESTION }],
      ...(tool && {
        tools: [{ type: 'function' as const, function: { name: 'weather', parameters: SCHEMA } }],
      }),
    };
    const answer = stream
      ? await client.chat.completions
          .stream({ ...request, stream_options: { include_usage: true } })
          .finalChatCompletion()
      : await client.chat.completions.create(request);
    const [choice] = answer.choices;
    return {
      text: choice?.message.content ?? '',
      calls: (choice?.message.tool_calls ?? []).map((call) =>
        call.type === 'function'
          ? { name: call.function.name, city: cityOf(call.function.arguments) }
          : { name: '', city: '' },
      ),
      finish: choice?.finish_reason ?? '',
      input: answer.usage?.prompt_tokens ?? 0,
      output: answer.usage?.completion_tokens ?? 0,
    };
  },
  async loop({ url, token }, model) {
    const client = openaiClient(url, token);
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: SCHEMA } }];
    const messages = [{ role: 'user' as const, content: QUESTION }];
    const first = await client.chat.completions.create({ model, messages, tools });
    const message = first.choices[0]!.message;
    const answered = { role: 'tool' as const, tool_call_id: message.tool_calls![0]!.id, content: RESULT };
    const second = await client.chat.completions.create({
      model,
      tools,
      messages: [...messages, message, answered],
    });
    return second.choices[0]?.message.content ?? '';
  },
};

const messages: Caller = {
  name: 'anthropic',
  finishes: { stop: 'end_turn', calls: 'tool_use' },
  async ask({ url, token }, model, { stream, tool }) {
    const client = anthropicClient(url, token);
    const request = {
      model,
      max_tokens: 100,
      messages: [{ role: 'user' as const, content: QUESTION }],
      ...(tool && { tools: [{ name: 'weather', input_schema: SCHEMA }] }),
    };
    const answer = stream
      ? await client.messages.stream(request).finalMessage()
      : await client.messages.create(request);
    return {
      text: answer.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
      calls: answer.content.flatMap((block) =>
        block.type === 'tool_use'
          ? [{ name: block.name, city: (block.input as { city?: unknown }).city }]
          : [],
      ),
      finish: answer.stop_reason ?? '',
      input: answer.usage.input_tokens,
      output: answer.usage.output_tokens,
    };
  },
  async loop({ url, token }, model) {
    const client = anthropicClient(url, token);
    const tools = [{ name: 'weather', input_schema: SCHEMA }];
    const asked = [{ role: 'user' as const, content: QUESTION }];
    const first = await client.messages.create({ model, max_tokens: 100, messages: asked, tools });
    const results = first.content.flatMap((block) =>
      block.type === 'tool_use'
        ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: RESULT }]
        : [],
    );
    const second = await client.messages.create({
      model,
      max_tokens: 100,
      tools,
      messages: [...asked, { role: 'assistant', content: first.content }, { role: 'user', content: results }],
    });
    return second.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  },
};

const gemini: Caller = {
  name: 'gemini',
  finishes: { stop: 'STOP', calls: 'STOP' },
  async ask({ url, token }, model, { stream, tool }) {
    const client = googleClient(url, token);
    const request = {
      model,
      contents: QUESTION,
      ...(tool && {
        config: { tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: SCHEMA }] }] },
      }),
    };
    const heard = {
      text: '',
      calls: [] as { name: string; city: unknown }[],
      finish: '',
      input: 0,
      output: 0,
    };
    const answers = stream
      ? await client.models.generateContentStream(request)
      : [await client.models.generateContent(request)];
    for await (const answer of answers) {
      for (const part of answer.candidates?.[0]?.content?.parts ?? []) {
        heard.text += part.text ?? '';
        if (part.functionCall) {
          heard.calls.push({ name: part.functionCall.name ?? '', city: part.functionCall.args?.['city'] });
        }
      }
      heard.finish = answer.candidates?.[0]?.finishReason ?? heard.finish;
      heard.input = answer.usageMetadata?.promptTokenCount ?? heard.input;
      heard.output = answer.usageMetadata?.candidatesTokenCount ?? heard.output;
    }
    return heard;
  },
  async loop({ url, token }, model) {
    const client = googleClient(url, token);
    const config = { tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: SCHEMA }] }] };
    const asked = { role: 'user', parts: [{ text: QUESTION }] };
    const first = await client.models.generateContent({ model, contents: [asked], config });
    const [call] = first.functionCalls ?? [];
    const result = {
      role: 'user',
      parts: [{ functionResponse: { id: call?.id, name: call?.name, response: { output: RESULT } } }],
    };
    const second = await client.models.generateContent({
      model,
      contents: [asked, first.candidates![0]!.content!, result],
      config,
    });
    return second.text ?? '';
  },
};

const responses: Caller = {
  name: 'openai responses',
  finishes: { stop: 'completed', calls: 'completed' },
  async ask({ url, token }, model, { stream, tool }) {
    const client = openaiClient(url, token);
    const request = { model, input: QUESTION, ...(tool && { tools: [RESPONSES_TOOL] }) };
    const answer = stream
      ? await client.responses.stream(request).finalResponse()
      : await client.responses.create(request);
    return {
      text: answer.output_text,
      calls: answer.output.flatMap((item) =>
        item.type === 'function_call' ? [{ name: item.name, city: cityOf(item.arguments) }] : [],
      ),
      finish: answer.status ?? '',
      input: answer.usage?.input_tokens ?? 0,
      output: answer.usage?.output_tokens ?? 0,
    };
  },
  async loop({ url, token }, model) {
    const client = openaiClient(url, token);
    const asked = { role: 'user' as const, content: QUESTION };
    const first = await client.responses.create({ model, input: [asked], tools: [RESPONSES_TOOL] });
    const results = first.output.flatMap((item) =>
      item.type === 'function_call'
        ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: RESULT }]
        : [],
    );
    const input = [asked, ...first.output, ...results] as ResponseInput;
    const second = await client.responses.create({ model, tools: [RESPONSES_TOOL], input });
    return second.output_text;
  },
};

/** Vercel's SDK speaks Responses with every OpenAI model, and names earlier items by their ids. */
const vercel: Caller = {
  name: 'the AI SDK by Responses',
  finishes: { stop: 'stop', calls: 'tool-calls' },
  async ask({ url, token }, model, { stream, tool: withTool }) {
    const options = {
      model: aiProviders(url, token).openai(model),
      prompt: QUESTION,
      maxRetries: 0,
      ...(withTool && { tools: { weather: tool({ inputSchema: jsonSchema(SCHEMA) }) } }),
    };
    const answer = stream ? streamText(options) : await generateText(options);
    const usage = await answer.usage;
    return {
      text: await answer.text,
      calls: (await answer.toolCalls).map(({ toolName, input }) => ({
        name: toolName,
        city: (input as { city?: unknown }).city,
      })),
      finish: await answer.finishReason,
      input: usage.inputTokens ?? 0,
      output: usage.outputTokens ?? 0,
    };
  },
  async loop({ url, token }, model) {
    const weather = tool({ inputSchema: jsonSchema(SCHEMA), execute: () => RESULT });
    const { text } = await generateText({
      model: aiProviders(url, token).openai(model),
      prompt: QUESTION,
      tools: { weather },
      stopWhen: stepCountIs(3),
      maxRetries: 0,
    });
    return text;
  },
};

export const CALLERS: readonly Caller[] = [chat, messages, gemini, responses, vercel];

function cityOf(json: string): unknown {
  return (JSON.parse(json) as { city?: unknown }).city;
}
