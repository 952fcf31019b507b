import type { LlmProtocol } from '../llm-path.js';
import type { Adapter } from './adapter.js';
import { anthropic } from './anthropic/adapter.js';
import { gemini } from './gemini/adapter.js';
import { openai } from './openai/adapter.js';

/** The one list of protocols. A new one is a folder beside these and one line here. */
export const ADAPTERS: Readonly<Record<LlmProtocol, Adapter>> = { openai, anthropic, gemini };
