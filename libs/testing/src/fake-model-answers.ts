import type { FakeAnswer, FakeSaying } from './fake-model-server.js';

const JSON_TYPE = 'application/json';
const SSE_TYPE = 'text/event-stream';

const json = (value: unknown): FakeAnswer => ({ contentType: JSON_TYPE, parts: [JSON.stringify(value)] });
const sse = (events: readonly unknown[], end: readonly string[] = []): FakeAnswer => ({
  contentType: SSE_TYPE,
  parts: [...events.map((event) => `${typeOf(event)}data: ${JSON.stringify(event)}\n\n`), ...end],
});
/** Anthropic names its events also outside of their data. */
const typeOf = (event: unknown): string => {
  const { type } = event as { type?: string };
  return type === undefined ? '' : `event: ${type}\n`;
};
/** In two pieces, as it comes over a wire. */
const pieces = (text: string): string[] => {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].filter((piece) => piece !== '');
};

export function openAiAnswer(saying: FakeSaying, isStream: boolean): FakeAnswer {
  const { text, toolCall, inputTokens, outputTokens } = saying;
  const call = toolCall && {
    id: 'call_1',
    type: 'function',
    function: { name: toolCall.name, arguments: JSON.stringify(toolCall.arguments) },
  };
  const finish = call ? 'tool_calls' : 'stop';
  const usage = {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
  const base = { id: 'chatcmpl-1', created: 1, model: 'fake' };
  if (!isStream) {
    const message = { role: 'assistant', content: text, ...(call && { tool_calls: [call] }) };
    return json({ ...base, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: finish }], usage });
  }
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...base,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason }],
  });
  const events = [
    chunk({ role: 'assistant', content: '' }),
    ...pieces(text).map((content) => chunk({ content })),
    ...(call ? [chunk({ tool_calls: [{ index: 0, ...call }] })] : []),
    chunk({}, finish),
    { ...base, object: 'chat.completion.chunk', choices: [], usage },
  ];
  return sse(events, ['data: [DONE]\n\n']);
}

export function anthropicAnswer(saying: FakeSaying, isStream: boolean, request: unknown): FakeAnswer {
  const { text, toolCall, inputTokens, outputTokens } = saying;
  const wanted = (request as { tool_choice?: { name?: string } }).tool_choice?.name;
  // Structured output may be asked for as a tool that must be called.
  const call =
    wanted === undefined ? toolCall : { name: wanted, arguments: JSON.parse(text) as Record<string, unknown> };
  const spoken = wanted === undefined ? text : '';
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'fake', stop_sequence: null };
  const stop_reason = call ? 'tool_use' : 'end_turn';
  const usage = { input_tokens: inputTokens, output_tokens: outputTokens };
  if (!isStream) {
    const content = [
      ...(spoken === '' ? [] : [{ type: 'text', text: spoken }]),
      ...(call ? [{ type: 'tool_use', id: 'toolu_1', name: call.name, input: call.arguments }] : []),
    ];
    return json({ ...message, content, stop_reason, usage });
  }
  const toolIndex = spoken === '' ? 0 : 1;
  return sse([
    {
      type: 'message_start',
      message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
    },
    ...(spoken === ''
      ? []
      : [
          { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
          ...pieces(spoken).map((piece) => ({
            type: 'content_block_delta',
            index: 0,
            delta: { type: 'text_delta', text: piece },
          })),
          { type: 'content_block_stop', index: 0 },
        ]),
    ...(call
      ? [
          {
            type: 'content_block_start',
            index: toolIndex,
            content_block: { type: 'tool_use', id: 'toolu_1', name: call.name, input: {} },
          },
          {
            type: 'content_block_delta',
            index: toolIndex,
            delta: { type: 'input_json_delta', partial_json: JSON.stringify(call.arguments) },
          },
          { type: 'content_block_stop', index: toolIndex },
        ]
      : []),
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: outputTokens } },
    { type: 'message_stop' },
  ]);
}

export function googleAnswer(saying: FakeSaying, isStream: boolean): FakeAnswer {
  const { text, toolCall, inputTokens, outputTokens } = saying;
  const call = toolCall ? [{ functionCall: { name: toolCall.name, args: toolCall.arguments } }] : [];
  const usageMetadata = {
    promptTokenCount: inputTokens,
    candidatesTokenCount: outputTokens,
    totalTokenCount: inputTokens + outputTokens,
  };
  const answer = (parts: readonly object[], finishReason?: string) => ({
    candidates: [{ index: 0, content: { role: 'model', parts }, ...(finishReason && { finishReason }) }],
    usageMetadata,
  });
  const texts = pieces(text).map((piece) => ({ text: piece }));
  if (!isStream) return json(answer([...texts, ...call], 'STOP'));
  return sse([...texts.map((part) => answer([part])), answer(call, 'STOP')]);
}

export const transcriptAnswer = ({ text, inputTokens, outputTokens }: FakeSaying): FakeAnswer =>
  json({ text, usage: { type: 'tokens', input_tokens: inputTokens, output_tokens: outputTokens } });

/** WAV whose sizes are unknown, as services that stream it give it, in pieces that cut samples apart. */
export function speechAnswer({ samples }: FakeSaying): FakeAnswer {
  const header = Buffer.alloc(44);
  header.write('RIFF\xff\xff\xff\xffWAVEfmt ', 0, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(24_000, 24);
  header.writeUInt32LE(48_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data\xff\xff\xff\xff', 36, 'latin1');
  const sound = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const cut = Math.min(1001, sound.length);
  return {
    contentType: 'audio/wav',
    parts: [header.subarray(0, 30), header.subarray(30), sound.subarray(0, cut), sound.subarray(cut)],
  };
}
