import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';

import type { ReplyRequest } from '../ports/index.js';
import { heard, RouterRig } from '../../../../test/support/router-rig.js';

// What is logged of refusals would be noise here.
Logger.overrideLogger(false);

const PICTURE = { bytes: Uint8Array.of(0xff, 0xd8), width: 750, height: 100 };
const ASKED: ReplyRequest = {
  messages: [
    { role: 'system', text: 'Be brief.' },
    { role: 'user', text: 'What is that?', picture: PICTURE },
  ],
  tools: [],
  maxOutputTokens: 50,
};

/** Whether each call of a provider came with the picture. */
const shown = (rig: RouterRig, id: 'first' | 'second' | 'here'): boolean[] =>
  rig.ports[id].replies.map(({ messages }) =>
    messages.some((message) => message.role === 'user' && message.picture === PICTURE),
  );

describe('a picture with a question', () => {
  it('goes to a model that takes pictures, and counts as an input of unknown size', async () => {
    const rig = new RouterRig(['first']);
    const served = await rig.router.reply(rig.call('first:m'), ASKED);
    expect([served.sawPicture, await heard(served.answer)]).toEqual([true, 'fake']);
    expect(shown(rig, 'first')).toEqual([true]);
    expect(rig.accounts.planned).toMatchObject([{ mostInputTokens: null, hasLocalAlternative: true }]);
  });

  it('is counted by its size when the answer is broken off', async () => {
    const rig = new RouterRig(['first']);
    const { answer } = await rig.router.reply(rig.call('first:m'), ASKED);
    for await (const part of answer) if (part.type === 'text') break;
    // 3 and 4 of the texts, 100 of the pixels.
    expect(rig.accounts.settled).toEqual([{ inputTokens: 107, outputTokens: 1, audioSeconds: 0 }]);
  });

  it('is left out for one that does not, and the words go alone', async () => {
    const rig = new RouterRig(['second']);
    const served = await rig.router.reply(rig.call('first:m', 'second:m'), ASKED);
    expect(served).toMatchObject({ provider: 'first', sawPicture: false });
    expect(shown(rig, 'first')).toEqual([false]);
    expect(rig.ports.first.replies[0]?.messages).toEqual([
      { role: 'system', text: 'Be brief.' },
      { role: 'user', text: 'What is that?' },
    ]);
    expect(rig.accounts.planned).toMatchObject([{ mostInputTokens: expect.any(Number), hasLocalAlternative: false }]);
  });

  it('is decided on for each of the chain', async () => {
    const rig = new RouterRig(['second']);
    rig.ports.first.conduct = 'bad_request';
    expect(await rig.router.reply(rig.call('first:m', 'second:m'), ASKED)).toMatchObject({
      provider: 'second',
      sawPicture: true,
    });
    expect([shown(rig, 'first'), shown(rig, 'second')]).toEqual([[false], [true]]);
  });

  it.each(['bad_request', 'unavailable', 'bad_answer'] as const)(
    'that ends in %s is left out at once, and the same model answers the words',
    async (failure) => {
      const rig = new RouterRig(['first']);
      rig.ports.first.pictureConduct = failure;
      const served = await rig.router.reply(rig.call('first:m', 'second:m'), ASKED);
      expect(served).toMatchObject({ provider: 'first', sawPicture: false });
      expect(shown(rig, 'first')).toEqual([true, false]);
      expect(rig.clock.monotonicMs()).toBe(0);
    },
  );

  it('is shown to a model that refuses pictures once in a quarter of an hour, and the log says what to change', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const rig = new RouterRig(['first']);
    rig.ports.first.pictureConduct = 'bad_request';
    const ask = async (): Promise<boolean> => {
      const { answer, sawPicture } = await rig.router.reply(rig.call('first:m'), ASKED);
      await heard(answer);
      return sawPicture;
    };
    for (let turns = 0; turns < 3; turns++) await ask();
    expect(shown(rig, 'first')).toEqual([true, false, false, false]);
    expect(warn.mock.calls).toEqual([
      [
        expect.stringContaining('JIGA_REPLY_PICTURE_MODELS'),
        expect.objectContaining({ model: 'first:m', reason: 'bad_request' }),
      ],
    ]);
    rig.clock.advance(15 * 60_000);
    rig.ports.first.pictureConduct = null;
    expect([await ask(), await ask()]).toEqual([true, true]);
    warn.mockRestore();
  });

  it.each(['unavailable', 'bad_answer'] as const)(
    'is left out of further calls when three of them ended in %s, and not for less',
    async (failure) => {
      const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
      const rig = new RouterRig(['first']);
      const ask = async (): Promise<number> => {
        rig.ports.first.pictureConduct = failure;
        const before = rig.ports.first.replies.length;
        await heard((await rig.router.reply(rig.call('first:m'), ASKED)).answer);
        return rig.ports.first.replies.length - before;
      };
      expect([await ask(), await ask(), await ask(), await ask()]).toEqual([2, 2, 2, 1]);
      expect(warn).toHaveBeenCalledTimes(1);
      warn.mockRestore();
    },
  );

  it('is shown again and again to a model that took one: what it refuses is that picture alone', async () => {
    const rig = new RouterRig(['first']);
    const ask = async () => (await rig.router.reply(rig.call('first:m'), ASKED)).sawPicture;
    expect(await ask()).toBe(true);
    rig.ports.first.pictureConduct = 'bad_request';
    expect([await ask(), await ask()]).toEqual([false, false]);
    rig.ports.first.pictureConduct = null;
    expect(await ask()).toBe(true);
    expect(shown(rig, 'first')).toEqual([true, true, false, true, false, true]);
  });

  it('is tried again where only the service is asked too often', async () => {
    const rig = new RouterRig(['first']);
    rig.ports.first.pictureConduct = 'rate_limited';
    expect(await rig.inTime(rig.router.reply(rig.call('first:m', 'second:m'), ASKED))).toMatchObject({
      provider: 'second',
    });
    expect(shown(rig, 'first')).toEqual([true, true]);
  });

  it.each(['degraded', 'busy'] as const)('is left out when the budget is %s', async (refusal) => {
    const rig = new RouterRig(['first']);
    rig.accounts.refuse = (call) => (call.mostInputTokens === null ? refusal : null);
    expect(await rig.router.reply(rig.call('first:m'), ASKED)).toMatchObject({ provider: 'first', sawPicture: false });
    expect(shown(rig, 'first')).toEqual([false]);
    expect(rig.counted).toEqual([`first not asked: ${refusal}`]);
  });

  it('names a model once when all of it failed', async () => {
    const rig = new RouterRig(['first']);
    rig.ports.first.conduct = 'bad_request';
    await expect(rig.router.reply(rig.call('first:m'), ASKED)).rejects.toMatchObject({
      message: 'No reply: first:m: It is bad_request.',
    });
  });
});
