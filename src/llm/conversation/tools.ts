import type { Dialect, Extras, Fields } from './dialect.js';
import type { CacheMark } from './parts.js';

/** Something that the model may call. */
export type Tool = FunctionTool | HostedTool | NativeTool;

/** A tool of the caller: the caller runs it. */
export interface FunctionTool {
  readonly kind: 'function';
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments, as the caller wrote it; absent: no arguments. */
  readonly parameters?: Fields;
  readonly strict?: boolean;
  /** It takes free text instead of JSON (OpenAI's `custom`); `parameters` is absent then. */
  readonly freeform?: boolean;
  readonly cache?: CacheMark;
  readonly extras?: Extras;
}

/** Tools that the provider itself runs and that more than one provider has. */
export const HOSTED_TOOLS = ['web_search', 'code_execution', 'url_context'] as const;
export type HostedToolName = (typeof HOSTED_TOOLS)[number];

export interface HostedTool {
  readonly kind: 'hosted';
  readonly name: HostedToolName;
  readonly allowedDomains?: readonly string[];
  readonly blockedDomains?: readonly string[];
  /** How often it may be used in one answer. */
  readonly maxUses?: number;
  /** Rough place of the user, for results near by. */
  readonly location?: {
    readonly city?: string;
    readonly region?: string;
    readonly country?: string;
    readonly timezone?: string;
  };
  readonly extras?: Extras;
}

/** A tool that only one dialect has; another one refuses it by its name. */
export interface NativeTool {
  readonly kind: 'native';
  readonly origin: Dialect;
  readonly name: string;
  readonly value: Fields;
}

/** `named`: this one, or one of these. */
export type ToolChoice =
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  | { readonly kind: 'required' }
  | { readonly kind: 'named'; readonly names: readonly string[]; readonly optional?: boolean };
