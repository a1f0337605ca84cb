import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { FakeAnalyzer } from '@jiga/testing';

import { startNotice } from '../../apps/server/src/start-notice.js';
import { TestServer } from '../support/start-test-server.js';

describe('the web console', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ analyzer: new FakeAnalyzer() });
  });
  afterAll(() => server.stop());

  const get = (path: string): Promise<Response> => fetch(`${server.origin}${path}`, { redirect: 'manual' });
  const text = async (path: string): Promise<string> => (await get(path)).text();

  it('is what the start names, and what the bare address leads to', async () => {
    expect(startNotice(server.server, server.origin)).toContain(`console    ${server.origin}/console\n`);
    const root = await get('/');
    expect([root.status, root.headers.get('location')]).toEqual([302, 'console']);
    const slash = await get('/console/');
    expect([slash.status, slash.headers.get('location')]).toEqual([308, '../console']);
  });

  it('is served without a credential, with all that it loads', async () => {
    const page = await get('/console');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const html = await page.text();
    const parts = [...html.matchAll(/(?:src|href)="(console\/[^"]+)"/g)].map(([, path]) => `/${path}`);
    expect(parts).toEqual(['/console/console.css', '/console/console.js']);
    // Those that are found on the way are read as well.
    for (const part of parts) {
      for (const [, name] of (await text(part)).matchAll(/from '\.\/([\w.]+)'/g)) {
        if (!parts.includes(`/console/${name}`)) parts.push(`/console/${name}`);
      }
    }
    expect(parts).toHaveLength(6);
    for (const part of parts) {
      const response = await get(part);
      const type = part.endsWith('.css') ? 'text/css' : 'text/javascript';
      expect([part, response.status, response.headers.get('content-type')]).toEqual([
        part,
        200,
        `${type}; charset=utf-8`,
      ]);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('keeps to a policy that lets no script run but its own', async () => {
    const page = await get('/console');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/script-src|unsafe-eval/);
    const html = await page.text();
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style|https?:/i);
    for (const part of ['console', 'page', 'api', 'live', 'talk']) {
      expect(await text(`/console/${part}.js`)).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|eval\(|localStorage/,
      );
    }
  });

  it('has an element for every id that its scripts look up', async () => {
    const html = await text('/console');
    for (const part of ['console', 'live', 'talk', 'page']) {
      for (const [, id] of (await text(`/console/${part}.js`)).matchAll(/\$\('([\w-]+)'\)/g)) {
        expect(html).toContain(`id="${id}"`);
      }
    }
  });

  it('makes a session of the bundled clip as its script asks for it', async () => {
    const [, url] = /SAMPLE = '([^']+)'/.exec(await text('/console/console.js')) ?? [];
    const id = await server.createSession({
      high_speed_vision: true,
      voice_chat_enabled: true,
      voice_chat_config: { response_type: 'text' },
      video_input_source: 'stream_url',
      video_source_config: { url },
    });
    await server.closeSession(id);
  });
});
