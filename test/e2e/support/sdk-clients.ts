import './clean-environment.ts';
import Anthropic from '@anthropic-ai/sdk';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { hear } from './secrets.ts';

/** Keeps the body of every refusal for the sweep. */
const listening: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.status >= 400) hear(await response.clone().text());
  return response;
};

/** Official SDKs without their own retries: what the gateway lets through is seen. `path` is '' or `/llm/{slug}`. */
export function openaiClient(url: string, token: string, path = '', fetch = listening): OpenAI {
  return new OpenAI({ apiKey: token, baseURL: `${url}${path}/v1`, maxRetries: 0, fetch });
}

export function anthropicClient(url: string, token: string, path = '', fetch = listening): Anthropic {
  return new Anthropic({ apiKey: token, baseURL: `${url}${path}`, maxRetries: 0, fetch });
}

export function googleClient(
  url: string,
  token: string,
  path = '',
  apiVersion?: string,
  fetch?: typeof globalThis.fetch,
): GoogleGenAI {
  return new GoogleGenAI({
    apiKey: token,
    httpOptions: { baseUrl: `${url}${path}`, ...(apiVersion && { apiVersion }), ...(fetch && { fetch }) },
  });
}

export function aiProviders(url: string, token: string, path = '', fetch = listening) {
  const base = `${url}${path}`;
  return {
    openai: createOpenAI({ apiKey: token, baseURL: `${base}/v1`, fetch }),
    anthropic: createAnthropic({ apiKey: token, baseURL: `${base}/v1`, fetch }),
    google: createGoogleGenerativeAI({ apiKey: token, baseURL: `${base}/v1beta`, fetch }),
  };
}
