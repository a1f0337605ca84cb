import { describe, expect, it } from '@jest/globals';

import { AppError } from '@jiga/contracts';
import type { TeamMessage, VisionResult, VoiceChatConfig } from '@jiga/contracts';
import type { ReplyPart, ReplyRequest } from '@jiga/providers';
import { VirtualClock } from '@jiga/testing';

import { Conversation, type Reply } from './conversation.js';
import type { Sight, VoiceModels } from './voice-ports.js';

const NO_MODELS: VoiceModels = { dictate: null, converse: null, seesPictures: false, speak: null, voice: null };
const END: ReplyPart = { type: 'end', reason: 'stop', usage: { inputTokens: null, outputTokens: null } };
const text = (words: string): ReplyPart => ({ type: 'text', text: words });

interface Rig {
  readonly settings?: Partial<VoiceChatConfig>;
  readonly hasTeam?: boolean;
  /** Pieces of each round of the model; absent = no model. */
  readonly rounds?: readonly (readonly ReplyPart[] | Error)[];
  /** What a model may see; absent = none takes pictures. */
  readonly sight?: Sight;
  /** Whether the model is asked with it, round by round. */
  readonly saw?: readonly boolean[];
}

function rig({ settings = {}, hasTeam = true, rounds, sight, saw = [] }: Rig = {}) {
  const clock = new VirtualClock();
  const sent: string[] = [];
  const asked: ReplyRequest[] = [];
  const converse: VoiceModels['converse'] = async (request) => {
    const index = asked.push(structuredClone(request)) - 1;
    const round = rounds?.[index];
    if (round instanceof Error || !round) throw round ?? new Error('no more rounds');
    async function* parts() {
      yield* round as readonly ReplyPart[];
    }
    return Promise.resolve({ parts: parts(), source: 'test:model', sawPicture: saw[index] ?? false });
  };
  const config = { language: 'en', enable_team_messaging: true, ...settings } as VoiceChatConfig;
  const conversation = new Conversation({
    clock,
    settings: () => config,
    models: () => (rounds ? { ...NO_MODELS, converse, seesPictures: sight !== undefined } : NO_MODELS),
    knowledge: { find: () => null },
    game: null,
    eyes: { look: () => Promise.resolve(sight ?? null) },
    messenger: {
      send: (words, priority) => {
        if (!hasTeam) return Promise.reject(new AppError('no_team'));
        sent.push(`${priority}: ${words}`);
        return Promise.resolve({ message: { text: words, priority } as TeamMessage, reached: 2 });
      },
    },
  });
  const say = async (words: string): Promise<Reply & { readonly said: string[] }> => {
    const reply = await conversation.reply({ text: words }, new AbortController().signal);
    const said: string[] = [];
    for await (const sentence of reply.sentences) said.push(sentence);
    return { ...reply, said };
  };
  return { conversation, say, sent, asked, clock };
}

describe('a conversation without a model', () => {
  it('answers questions from the match, and says what it does not know', async () => {
    const { say, conversation, clock } = rig();
    expect(await say("what's the score")).toMatchObject({ kind: 'answer', isKnown: false, source: 'local' });
    const teams = { player_team: 'red', scores: { red: 1, blue: 0 }, players: [] };
    conversation.memory.observe({ game: null, hud: {}, teams } as unknown as VisionResult, clock.monotonicMs());
    expect((await say("what's the score")).said).toEqual(['Red 1, blue 0, you lead by 1.']);
  });

  it('makes orders messages to the team', async () => {
    const { say, sent } = rig();
    expect(await say('need backup mid')).toMatchObject({ kind: 'team_message', said: ['Sent: Need backup mid.'] });
    expect(sent).toEqual(['urgent: Need backup mid']);
  });

  it('sends nothing when team messages are off or there is no team, and says so', async () => {
    const off = rig({ settings: { enable_team_messaging: false } });
    expect((await off.say('rush b')).said).toEqual(['Team messages are turned off.']);
    expect(off.sent).toEqual([]);
    expect((await rig({ hasTeam: false }).say('rush b')).said[0]).toContain('no team');
  });

  it('does what it is told about itself', async () => {
    const { say, conversation } = rig();
    await say('only urgent');
    expect(conversation.preferences.calloutsFrom).toBe('urgent');
    await say('mute');
    expect(conversation.preferences.calloutsFrom).toBeNull();
    await say('talk to me');
    await say('slower');
    await say('louder');
    expect(conversation.preferences).toMatchObject({ calloutsFrom: 'info', rate: 0.8, volume: 1.25 });
    for (let times = 0; times < 20; times++) await say('slower');
    expect(conversation.preferences.rate).toBe(0.5);
  });

  it('repeats what was heard of its last answer', async () => {
    const { say, conversation } = rig();
    expect((await say('repeat')).said).toEqual(["I haven't said anything yet."]);
    const { id } = await say('help me at mid');
    conversation.history.trim(id, 'Sent: Help');
    expect((await say('say that again')).said).toEqual(['Sent: Help']);
  });

  it('says that it did not understand', async () => {
    expect(await rig().say('lovely weather')).toMatchObject({ kind: 'not_understood', isKnown: false });
  });
});

describe('a conversation with a model', () => {
  it('streams what the model says by sentences, told of the match and of what was said before', async () => {
    const { say, asked } = rig({ rounds: [[text('Hold the '), text('bridge. Then pu'), text('sh.'), END]] });
    await say('mute');
    expect(await say('should we be more careful')).toMatchObject({
      kind: 'talk',
      source: 'test:model',
      said: ['Hold the bridge.', 'Then push.'],
    });
    const [system, ...talk] = asked[0]?.messages ?? [];
    expect(system).toMatchObject({ role: 'system', text: expect.stringContaining('"watching":false') });
    expect(talk.at(-1)).toEqual({ role: 'user', text: 'should we be more careful' });
    expect(talk[0]).toEqual({ role: 'user', text: 'mute' });
  });

  it('is not asked what the match state answers', async () => {
    const { say, asked } = rig({ rounds: [[text('no'), END]] });
    expect((await say("what's the score")).source).toBe('local');
    expect(asked).toEqual([]);
  });

  it('runs the tools that it asks for, a bounded number of times', async () => {
    const call = (id: string): ReplyPart => ({
      type: 'tool_call',
      call: { id, name: 'send_team_message', arguments: { text: 'Careful', priority: 'important' } },
    });
    const { say, sent, asked } = rig({
      rounds: [
        [call('1'), END],
        [call('2'), END],
        [text('Told them.'), call('3'), END],
      ],
    });
    const reply = await say('warn the others please');
    expect(reply.said).toEqual(['Told them.']);
    expect(reply.sent).toHaveLength(2);
    expect(sent).toEqual(['important: Careful', 'important: Careful']);
    expect(asked.map(({ tools }) => tools.length > 0)).toEqual([true, true, false]);
    expect(asked[1]?.messages.at(-1)).toMatchObject({ role: 'tool', toolCallId: '1', result: 'sent' });
  });

  describe('that takes pictures', () => {
    const sight: Sight = { picture: { bytes: Uint8Array.of(1, 2), width: 2, height: 1 }, ageS: 3.2 };
    const look: ReplyPart = { type: 'tool_call', call: { id: '1', name: 'get_state', arguments: {} } };
    const rounds = [
      [look, END],
      [text('A bridge.'), END],
    ];
    const picturesOf = ({ messages }: ReplyRequest) =>
      messages.flatMap((message) => (message.role === 'user' && message.picture ? [message.picture] : []));

    it('sees the game with the question, and is told how old the picture is', async () => {
      const { say, asked } = rig({ rounds, sight, saw: [true, true] });
      await say('talk to me');
      expect((await say('what is in front of me')).said).toEqual(['A bridge.']);
      expect(asked.map(picturesOf)).toEqual([[sight.picture], [sight.picture]]);
      expect(asked[0]?.messages.at(-1)).toEqual({
        role: 'user',
        text: 'what is in front of me',
        picture: sight.picture,
      });
      expect(asked[0]?.messages[0]).toMatchObject({ text: expect.stringContaining('the game 3 s ago') });
    });

    it('is not shown again, in the same talk, what it did not take', async () => {
      const { say, asked } = rig({ rounds, sight, saw: [false, false] });
      expect((await say('what is in front of me')).said).toEqual(['A bridge.']);
      expect(asked.map(picturesOf)).toEqual([[sight.picture], []]);
    });
  });

  it('has no tool for the team when team messages are off', async () => {
    const call = { id: '1', name: 'send_team_message', arguments: { text: 'Careful' } };
    const { say, asked, sent } = rig({
      settings: { enable_team_messaging: false },
      rounds: [
        [{ type: 'tool_call', call }, END],
        [text('Fine.'), END],
      ],
    });
    await say('warn the others please');
    expect(asked[0]?.tools.map(({ name }) => name)).toEqual(['get_state', 'set_callouts']);
    // It may name one that it was not given.
    expect(sent).toEqual([]);
    expect(asked[1]?.messages.at(-1)).toMatchObject({ result: expect.stringMatching(/failed: .*off/) });
  });

  it('sets callouts to nothing but a level', async () => {
    const call = { id: '1', name: 'set_callouts', arguments: { level: 'constructor' } };
    const { say, asked, conversation } = rig({
      rounds: [
        [{ type: 'tool_call', call }, END],
        [text('Fine.'), END],
      ],
    });
    await say('warn the others please');
    expect(asked[1]?.messages.at(-1)).toMatchObject({ result: expect.stringMatching(/must be one of/) });
    expect(conversation.preferences.calloutsFrom).toBe('info');
  });

  it('is replaced by what is known here when it fails or says nothing', async () => {
    expect((await rig({ rounds: [new Error('down')] }).say('how was your day')).kind).toBe('not_understood');
    expect((await rig({ rounds: [[END]] }).say('how was your day')).kind).toBe('not_understood');
  });

  it('is given up on when it takes too long', async () => {
    const clock = new VirtualClock();
    const never: VoiceModels['converse'] = (_request, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    const conversation = new Conversation({
      clock,
      settings: () => ({ language: 'en', enable_team_messaging: true }) as VoiceChatConfig,
      models: () => ({ ...NO_MODELS, converse: never }),
      knowledge: { find: () => null },
      game: null,
      eyes: { look: () => Promise.resolve(null) },
      messenger: { send: () => Promise.reject(new Error()) },
    });
    const reply = conversation.reply({ text: 'how was your day' }, new AbortController().signal);
    clock.advance(20_000);
    expect((await reply).kind).toBe('not_understood');
    expect(clock.pending).toBe(0);
  });
});
