import type { JsonObject } from '@jiga/contracts';

import type { ModelCall, ModelUsage } from './model-call.js';

/** A tool that the model may ask for; whoever asked the model runs it and answers in the next turn. */
export interface ReplyTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments, an object. */
  readonly parameters: JsonObject;
}

export interface ReplyToolCall {
  readonly id: string;
  readonly name: string;
  /** As the model wrote them: an object, not checked against the tool's schema. */
  readonly arguments: JsonObject;
}

/** A JPEG that comes with a question; its size is that of the picture as it is sent. */
export interface ReplyPicture {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export type ReplyMessage =
  | { readonly role: 'system'; readonly text: string }
  | { readonly role: 'user'; readonly text: string; readonly picture?: ReplyPicture }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls?: readonly ReplyToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly toolName: string; readonly result: string };

export interface ReplyRequest {
  /** Oldest first. */
  readonly messages: readonly ReplyMessage[];
  /** Empty = none. */
  readonly tools: readonly ReplyTool[];
  readonly maxOutputTokens: number;
}

export type ReplyEndReason = 'stop' | 'length' | 'tool_calls' | 'filtered' | 'other';

/** A piece of an answer; the last one is always `end`. */
export type ReplyPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_call'; readonly call: ReplyToolCall }
  | { readonly type: 'end'; readonly reason: ReplyEndReason; readonly usage: ModelUsage };

/** Answers in a conversation. */
export interface ReplyProvider {
  /**
   * Text as it comes, whole tool calls, then `end`. Throws ProviderError from the iterator, once; it never tries again by
   * itself. Breaking off the iteration ends the call.
   */
  reply(request: ReplyRequest, call: ModelCall): AsyncIterable<ReplyPart>;
}
