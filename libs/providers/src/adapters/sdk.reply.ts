import type { ModelMessage, ToolSet } from 'ai';

import type { JsonObject } from '@jiga/contracts';

import type {
  ModelCall,
  ReplyEndReason,
  ReplyMessage,
  ReplyPart,
  ReplyProvider,
  ReplyRequest,
} from '../ports/index.js';
import { ProviderError } from '../provider-error.js';
import { callFailure } from './http-failure.js';
import type { ModelLoader } from './sdk-models.js';
import { callSettings, usageOf } from './sdk-settings.js';

const END_REASONS: Readonly<Record<string, ReplyEndReason>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'filtered',
};

/** Converses with a language model, by the Vercel AI SDK. */
export class SdkReply implements ReplyProvider {
  constructor(private readonly models: ModelLoader) {}

  async *reply(request: ReplyRequest, call: ModelCall): AsyncGenerator<ReplyPart, void, void> {
    // The SDK does not end a call that nobody reads any more: breaking off the iteration must.
    const abort = new AbortController();
    const signal = AbortSignal.any([call.signal, abort.signal]);
    try {
      yield* this.#stream(request, { ...call, signal });
    } catch (error) {
      throw callFailure(error, call.signal);
    } finally {
      abort.abort();
    }
  }

  async *#stream({ messages, tools, maxOutputTokens }: ReplyRequest, call: ModelCall): AsyncGenerator<ReplyPart> {
    const [sdk, model] = await Promise.all([import('ai'), this.models(call.model)]);
    const toolSet: ToolSet = Object.fromEntries(
      tools.map(({ name, description, parameters }) => [
        name,
        sdk.tool({ description, inputSchema: sdk.jsonSchema(parameters) }),
      ]),
    );
    const system = messages.flatMap((message) => (message.role === 'system' ? [message.text] : []));
    const { stream } = sdk.streamText({
      model,
      messages: messages.flatMap(toSdkMessage),
      ...(system.length > 0 && { instructions: system.join('\n\n') }),
      ...(tools.length > 0 && { tools: toolSet }),
      maxOutputTokens,
      // It would print them; they are thrown below.
      onError: () => {},
      ...callSettings(call),
    });
    let hasSaid = false;
    let isEnded = false;
    for await (const part of stream) {
      if (part.type === 'error') throw part.error;
      if (part.type === 'abort') throw new ProviderError('aborted', 'The call was broken off.');
      if (part.type === 'text-delta' && part.text !== '') {
        hasSaid = true;
        yield { type: 'text', text: part.text };
      }
      if (part.type === 'tool-call') {
        const { toolCallId: id, toolName: name } = part;
        hasSaid = true;
        yield { type: 'tool_call', call: { id, name, arguments: argumentsOf(part.input) } };
      }
      if (part.type === 'finish') {
        isEnded = true;
        const reason = END_REASONS[part.finishReason] ?? 'other';
        // What is no answer at all ends so too.
        if (!hasSaid && reason === 'other') throw new ProviderError('bad_answer', 'Its answer is empty.');
        yield { type: 'end', reason, usage: usageOf(part.totalUsage) };
      }
    }
    if (!isEnded) throw new ProviderError('bad_answer', 'Its answer broke off.');
  }
}

function argumentsOf(input: unknown): JsonObject {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as JsonObject;
  throw new ProviderError('bad_answer', 'It calls a tool with something that is no object.');
}

function toSdkMessage(message: ReplyMessage): ModelMessage[] {
  if (message.role === 'system') return [];
  if (message.role === 'user') {
    const { text, picture } = message;
    if (!picture) return [{ role: 'user', content: text }];
    const image = { type: 'file' as const, data: picture.bytes, mediaType: 'image/jpeg' };
    return [{ role: 'user', content: [{ type: 'text', text }, image] }];
  }
  if (message.role === 'tool') {
    const { toolCallId, toolName, result } = message;
    const output = { type: 'text' as const, value: result };
    return [{ role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output }] }];
  }
  const calls = (message.toolCalls ?? []).map(({ id, name, arguments: input }) => ({
    type: 'tool-call' as const,
    toolCallId: id,
    toolName: name,
    input,
  }));
  const text = message.text === '' ? [] : [{ type: 'text' as const, text: message.text }];
  return [{ role: 'assistant', content: [...text, ...calls] }];
}
