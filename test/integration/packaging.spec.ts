import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const read = (name: string): string => readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), 'utf8');

interface Service {
  readonly build?: string;
  readonly image?: string;
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

describe('docker-compose.yml', () => {
  const compose = parse(read('docker-compose.yml')) as Compose;

  it('starts the server alone unless a profile asks for more', () => {
    const withoutProfile = Object.entries(compose.services).filter(([, service]) => !service.profiles);
    expect(withoutProfile.map(([name]) => name)).toEqual(['server']);
    expect(compose.services['postgres']?.profiles).toEqual(['postgres']);
    expect(compose.services['nats']?.profiles).toEqual(['nats']);
  });

  it('publishes on loopback only and cannot start without a credential', () => {
    const { ports, environment } = compose.services['server'] ?? {};
    expect(ports?.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
    expect(environment?.['JIGA_ADMIN_KEY']).toMatch(/^\$\{JIGA_ADMIN_KEY:\?/);
  });

  it('declares every named volume that it mounts', () => {
    const mounted = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0]),
    );
    expect(new Set(mounted)).toEqual(new Set(Object.keys(compose.volumes)));
  });
});

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile');

  it('runs the Node release that .nvmrc names', () => {
    const bases = [...dockerfile.matchAll(/^FROM node:(\d+)-slim/gm)].map(([, major]) => major);
    expect(new Set(bases)).toEqual(new Set([read('.nvmrc').trim().split('.')[0]]));
  });

  it('starts the file that npm start starts', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const entry = /dist\/\S+\.js/.exec(scripts['start'] ?? '')?.[0];
    expect(dockerfile).toContain(`"${entry}"]`);
  });

  it('holds the web console, which is served from its source', () => {
    expect(dockerfile).toContain('/app/apps/console ./apps/console');
  });

  it('holds the clip that the console plays, with its notice', () => {
    expect(dockerfile).toContain('/app/samples ./samples');
    expect(read('samples/openarena/NOTICE')).toMatch(/OpenArena Team[\s\S]*version 2/);
  });

  it('gives Node the options that npm start gives it, and so do the demos', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const [heap] = /--max-semi-space-size=\d+/.exec(scripts['start'] ?? '') ?? [];
    expect(heap).toBeDefined();
    expect(dockerfile).toContain(`"${heap}"`);
    expect(read('apps/cli/src/server-process.ts')).toContain(`['${heap}']`);
  });
});

describe('test material', () => {
  it('stays out of the image and has a notice of its own', () => {
    expect(read('.dockerignore').split('\n')).toContain('test/fixtures');
    expect(read('test/fixtures/openarena/NOTICE')).toMatch(/OpenArena Team[\s\S]*version 2/);
  });
});
