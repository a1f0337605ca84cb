import { readdir, readFile } from 'node:fs/promises';

import { describe, expect, it } from '@jest/globals';

import { ConfigError, loadConfig, unknownVariables } from './config.js';
import { renderEnvExample, VARIABLES } from './variables.js';

describe('the settings', () => {
  it('have a default for everything that a first start needs', () => {
    const config = loadConfig({});
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 3000, publicUrl: null, isLoopback: true });
    expect(config.auth.adminKey).toBeNull();
    expect(config.logging).toEqual({ level: 'info', format: null });
  });

  it('take an empty variable for an absent one', () => {
    expect(loadConfig({ PORT: '', JIGA_ADMIN_KEY: ' ' })).toEqual(loadConfig({}));
  });

  it('cannot be changed once they are read', () => {
    const config = loadConfig({});
    expect(() => Object.assign(config.server, { port: 1 })).toThrow(TypeError);
  });

  it('name every variable that is wrong at once, and repeat no secret', () => {
    const load = (): unknown =>
      loadConfig({ PORT: '70000', JIGA_LOG_LEVEL: 'loud', JIGA_PUBLIC_URL: 'ftp://x', JIGA_ADMIN_KEY: 'short-secret' });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(/PORT must be a whole number from 0 to 65535/);
    expect(load).toThrow(/JIGA_LOG_LEVEL must be one of fatal, error/);
    expect(load).toThrow(/JIGA_PUBLIC_URL must be an http/);
    expect(load).toThrow(/JIGA_ADMIN_KEY must be at least 16/);
    expect(load).not.toThrow(/short-secret/);
  });

  it('keep a public URL without its trailing slash', () => {
    expect(loadConfig({ JIGA_PUBLIC_URL: 'https://jiga.example/base/' }).server.publicUrl).toBe(
      'https://jiga.example/base',
    );
  });

  it.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['127.0.0.1.example.com', false],
    ['192.168.0.1', false],
  ])('know that %s is loopback: %s', (HOST, isLoopback) => {
    expect(loadConfig({ HOST }).server.isLoopback).toBe(isLoopback);
  });

  it('take hosts of streams as names, with a port, and as suffixes', () => {
    const allowed = 'LOCALHOST, 127.0.0.1:8080,[::1]:9000, ::1 ,.example.com,*.Example.org';
    expect(loadConfig({ JIGA_STREAM_ALLOWED_HOSTS: allowed }).streams.allowedHosts).toEqual([
      'localhost',
      '127.0.0.1:8080',
      '[::1]:9000',
      '::1',
      '.example.com',
      '.example.org',
    ]);
    expect(() => loadConfig({ JIGA_STREAM_ALLOWED_HOSTS: 'http://x' })).toThrow(/JIGA_STREAM_ALLOWED_HOSTS/);
  });

  it('find slips of the pen among the variables of our prefix', () => {
    expect(unknownVariables({ JIGA_DATADIR: '/x', JIGA_DATA_DIR: '/x', PATH: '/bin' })).toEqual(['JIGA_DATADIR']);
    expect(unknownVariables({ NATS_URL: 'nats://127.0.0.1:4222' })).toEqual(['NATS_URL']);
    expect(unknownVariables({ NATS_URL: '' })).toEqual([]);
  });
});

describe('.env.example', () => {
  it('names what is read, and nothing else', () => {
    const read = new Set<string>();
    loadConfig(new Proxy({}, { get: (_target, name) => void read.add(String(name)) }));
    expect([...read].sort()).toEqual(Object.keys(VARIABLES).sort());
  });

  it('has every setting that the documents name', async () => {
    const files = (await readdir('docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
    const texts = await Promise.all(
      ['README.md', 'docker-compose.yml', 'Dockerfile', ...files].map((name) => readFile(name, 'utf8')),
    );
    const named = new Set(texts.flatMap((text) => text.match(/\bJIGA_[A-Z0-9_]+\b/g) ?? []));
    // The examples' own, in which a client keeps its credential.
    named.delete('JIGA_KEY');
    expect([...named].filter((name) => !(name in VARIABLES))).toEqual([]);
  });

  it('is the table of variables', async () => {
    expect(await readFile('.env.example', 'utf8')).toBe(renderEnvExample());
  });

  it('holds the defaults: loading it changes nothing', async () => {
    const lines = (await readFile('.env.example', 'utf8')).split('\n').filter((line) => /^\w+=/.test(line));
    const environment = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    expect(loadConfig(environment)).toEqual(loadConfig({}));
    const withDefault = Object.values(VARIABLES).filter(({ fallback }) => fallback !== null);
    expect(Object.keys(environment)).toHaveLength(withDefault.length);
  });
});
