import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { JWTPayload } from 'jose';

import { VirtualClock } from '@jiga/testing';

import type { JigaConfig } from '../config/config.js';
import { JwtVerifier } from './jwt.verifier.js';

type Settings = JigaConfig['auth']['jwt'];

const SECRET = 'a shared secret of more than 32 bytes';
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const clock = new VirtualClock();
const now = clock.nowMs() / 1000;
const CLAIMS: JWTPayload = {
  sub: 'player-7',
  exp: now + 300,
  iss: 'https://id.example',
  aud: 'jiga',
  scope: 'sessions:read',
};
const BY_SECRET: Settings = {
  secret: SECRET,
  keySetUrl: null,
  issuer: 'https://id.example',
  audience: 'jiga',
  ownerClaim: 'sub',
};

const sign = (claims: JWTPayload, secret = SECRET, alg = 'HS256'): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg }).sign(encode(secret));

const bySecret = (changes: Partial<Settings> = {}): JwtVerifier => new JwtVerifier({ ...BY_SECRET, ...changes }, clock);

describe('a token by shared secret', () => {
  it('names its owner, its scopes and its end', async () => {
    const credential = await bySecret().verify(await sign(CLAIMS));
    expect(credential).toMatchObject({ id: 'jwt:player-7', owner: 'player-7', isAdmin: false, expiresAt: now + 330 });
    expect([...(credential?.scopes ?? [])]).toEqual(['sessions:read']);
  });

  it.each([
    ['scope', 'openid sessions:create admin'],
    ['scp', ['sessions:create', 'admin']],
    ['permissions', ['admin', 'sessions:create', 7, 'read:all']],
  ])('has the scopes of its claim %s', async (name, value) => {
    const { scope: _, ...rest } = CLAIMS;
    const credential = await bySecret().verify(await sign({ ...rest, [name]: value }));
    expect(credential).toMatchObject({ isAdmin: true, scopes: new Set(['sessions:create', 'admin']) });
  });

  it('has its owner in the configured claim', async () => {
    const verifier = bySecret({ ownerClaim: 'org' });
    expect(await verifier.verify(await sign({ ...CLAIMS, org: 'studio' }))).toMatchObject({ owner: 'studio' });
    await expect(verifier.verify(await sign(CLAIMS))).rejects.toMatchObject({ message: /claim org/ });
  });

  it.each([
    ['expired', { exp: now - 31 }, /expired/],
    ['without an end', { exp: undefined }, /exp/],
    ['not valid yet', { nbf: now + 31 }, /nbf/],
    ['of another issuer', { iss: 'https://evil.example' }, /iss/],
    ['without issuer', { iss: undefined }, /iss/],
    ['for somebody else', { aud: ['shop', 'bank'] }, /aud/],
    ['without a subject', { sub: undefined }, /sub/],
    ['of an empty subject', { sub: '' }, /sub/],
    ['of a subject named as the operator’s key', { sub: 'admin' }, /sub/],
  ])('is refused when %s', async (_name, claims, message) => {
    const refused = bySecret().verify(await sign({ ...CLAIMS, ...claims } as JWTPayload));
    await expect(refused).rejects.toMatchObject({ code: 'unauthenticated', message: expect.stringMatching(message) });
  });

  it('is given half a minute, since clocks differ', async () => {
    const token = await sign({ ...CLAIMS, exp: now - 29, nbf: now + 29 });
    await expect(bySecret().verify(token)).resolves.toMatchObject({ owner: 'player-7' });
  });

  it('is a wrong guess when the signature, the secret or the algorithm is wrong', async () => {
    const [header = '', , signature = ''] = (await sign(CLAIMS)).split('.');
    const claims = Buffer.from(JSON.stringify({ ...CLAIMS, scope: 'admin' })).toString('base64url');
    const tokens = [
      `${header}.${claims}.${signature}`,
      await sign(CLAIMS, 'another secret of more than 32 bytes'),
      await sign(CLAIMS, `${SECRET} and some more of it, 64 bytes in all, as HS512 wants it`, 'HS512'),
      new UnsecuredJWT(CLAIMS).encode(),
      `${new UnsecuredJWT(CLAIMS).encode()}x`,
      `${Buffer.from('{"alg":"nOnE"}').toString('base64url')}.${claims}.x`,
      'not.a.jwt',
      'jiga_dev_key',
    ];
    for (const token of tokens) await expect(bySecret().verify(token)).resolves.toBeNull();
  });
});

describe('a token by published keys', () => {
  let provider: Server;
  let requests = 0;
  let published: unknown;
  let status = 200;
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let settings: Settings;

  beforeAll(async () => {
    keys = await generateKeyPair('RS256', { extractable: true });
    published = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }] };
    provider = createServer((_request, response) => {
      requests++;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(published));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => provider.once('listening', resolve));
    const { port } = provider.address() as AddressInfo;
    settings = { ...BY_SECRET, secret: null, keySetUrl: `http://127.0.0.1:${port}/keys` };
  });
  afterAll(() => new Promise<void>((resolve) => provider.close(() => resolve())));

  const byKeys = (kid = 'one'): Promise<string> =>
    new SignJWT(CLAIMS).setProtectedHeader({ alg: 'RS256', kid }).sign(keys.privateKey);

  it('is accepted, and the keys are asked for once', async () => {
    const verifier = new JwtVerifier(settings, clock);
    requests = 0;
    for (let i = 0; i < 3; i++)
      await expect(verifier.verify(await byKeys())).resolves.toMatchObject({ owner: 'player-7' });
    expect(requests).toBe(1);
  });

  it('is a wrong guess when signed with the public key as a secret, unsigned, or by an unknown key', async () => {
    const verifier = new JwtVerifier(settings, clock);
    const stranger = await generateKeyPair('RS256');
    const confused = [
      await exportSPKI(keys.publicKey),
      JSON.stringify(await exportJWK(keys.publicKey)),
      (await exportJWK(keys.publicKey)).n ?? '',
    ];
    for (const secret of confused) {
      const token = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(encode(secret));
      await expect(verifier.verify(token)).resolves.toBeNull();
    }
    await expect(verifier.verify(new UnsecuredJWT(CLAIMS).encode())).resolves.toBeNull();
    const forged = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(stranger.privateKey);
    await expect(verifier.verify(forged)).resolves.toBeNull();
    await expect(verifier.verify(await byKeys('two'))).resolves.toBeNull();
  });

  it('never takes a key of the token’s own', async () => {
    const mine = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(mine.publicKey);
    const token = await new SignJWT(CLAIMS)
      .setProtectedHeader({ alg: 'RS256', kid: 'one', jwk, jku: 'https://evil.example/keys' })
      .sign(mine.privateKey);
    await expect(new JwtVerifier(settings, clock).verify(token)).resolves.toBeNull();
  });

  it('is accepted beside one by secret, each by its own way', async () => {
    const verifier = new JwtVerifier({ ...settings, secret: SECRET }, clock);
    await expect(verifier.verify(await byKeys())).resolves.toMatchObject({ owner: 'player-7' });
    await expect(verifier.verify(await sign(CLAIMS))).resolves.toMatchObject({ owner: 'player-7' });
  });

  it('cannot be judged while the provider does not answer: that is nobody’s guess', async () => {
    status = 500;
    await expect(new JwtVerifier(settings, clock).verify(await byKeys())).rejects.toMatchObject({
      code: 'identity_provider_unavailable',
    });
    status = 200;
  });
});
