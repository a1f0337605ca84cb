import { describe, expect, it } from '@jest/globals';

import { pageOf, youtubeTarget } from './youtube-target.js';

const ID = 'dQw4w9WgXcQ';
const CHANNEL = 'UC0123456789abcdefghij_-';

describe('the target of a YouTube session', () => {
  it.each([
    `https://www.youtube.com/watch?v=${ID}&t=5`,
    `http://youtube.com/watch?app=desktop&v=${ID}`,
    `https://youtu.be/${ID}?si=x`,
    `https://www.youtube.com/live/${ID}`,
    `https://m.youtube.com/shorts/${ID}/`,
    ` https://www.youtube.com/embed/${ID} `,
  ])('is the video of %s', (url) => {
    expect(youtubeTarget({ url })).toEqual({ kind: 'video', videoId: ID });
  });

  it.each([
    [{ channel: '@Some.channel' }, '/@Some.channel'],
    [{ channel: 'some_channel' }, '/@some_channel'],
    [{ channel: CHANNEL }, `/channel/${CHANNEL}`],
    [{ url: 'https://www.youtube.com/@some_channel/live' }, '/@some_channel'],
    [{ url: `https://youtube.com/channel/${CHANNEL}/streams` }, `/channel/${CHANNEL}`],
  ])('is the channel of %j', (config, path) => {
    const target = youtubeTarget(config);
    expect(target).toEqual({ kind: 'channel', path });
    expect(target && pageOf(target)).toBe(`https://www.youtube.com${path}/live`);
  });

  it.each([
    { url: 'https://www.youtube.com.evil.com/watch?v=dQw4w9WgXcQ' },
    { url: `https://www.youtube.com@evil.com/watch?v=${ID}` },
    { url: `https://user@www.youtube.com/watch?v=${ID}` },
    { url: `https://www.youtube.com:8443/watch?v=${ID}` },
    { url: 'https://www.youtube.com/watch?v=short' },
    { url: 'https://www.youtube.com/watch' },
    { url: 'https://www.youtube.com/feed/trending' },
    { url: 'https://www.youtube.com/@a/../../x' },
    { url: `file:///www.youtube.com/${ID}` },
    { url: 'not a url' },
    { video_id: 'with space!' },
    { channel: 'a/b' },
    { channel: '@x"}' },
    {},
  ])('is nothing of %j', (config) => {
    expect(youtubeTarget(config)).toBeNull();
  });
});
