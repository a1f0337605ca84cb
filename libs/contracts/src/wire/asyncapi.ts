import type { WireChannel, WireMessage } from './wire-message.js';

/** A JSON document. */
export type JsonDocument = { readonly [key: string]: unknown };

export interface AsyncApiInfo {
  readonly version: string;
  /** Host (with port) that a reader would connect to, such as `127.0.0.1:3000`. */
  readonly host: string;
}

const AUTHENTICATION = [
  'Credentials, in this order: `Authorization: Bearer <token>`, `X-API-Key`, the subprotocol pair `jiga.v1, bearer.<token>`,',
  '`?access_token=`. A refused socket is accepted, sent one `error` and closed with a code, 1001 while the server stops.',
].join(' ');

/** The AsyncAPI 3.0 document of the sockets, generated from the same table that the tests hold real traffic against. */
export function asyncApiDocument(channels: readonly WireChannel[], { version, host }: AsyncApiInfo): JsonDocument {
  return {
    asyncapi: '3.0.0',
    info: { title: 'JIGA sockets', version, description: AUTHENTICATION, license: { name: 'Apache-2.0' } },
    defaultContentType: 'application/json',
    servers: { server: { host, protocol: 'ws', protocolVersion: '13', security: SECURITY_REFS } },
    channels: Object.fromEntries(channels.map((channel) => [channel.id, channelOf(channel)])),
    operations: Object.fromEntries(channels.flatMap(operationsOf)),
    components: {
      messages: Object.fromEntries(
        channels.flatMap((channel) =>
          channel.messages.map((message) => [componentName(channel, message), messageOf(message)]),
        ),
      ),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'httpApiKey', in: 'header', name: 'X-API-Key' },
        accessToken: { type: 'httpApiKey', in: 'query', name: 'access_token' },
      },
    },
  };
}

const SECURITY_REFS = ['bearer', 'apiKey', 'accessToken'].map((name) => ({
  $ref: `#/components/securitySchemes/${name}`,
}));

/** Unique within a channel: a type that both sides or both encodings use appears once for each. */
const nameOf = ({ type, from, isBinary }: WireMessage): string => `${from}_${type}${isBinary ? '_binary' : ''}`;
const componentName = (channel: WireChannel, message: WireMessage): string => `${channel.id}_${nameOf(message)}`;

function channelOf(channel: WireChannel): JsonDocument {
  return {
    address: channel.path,
    summary: channel.summary,
    parameters: { session_id: { description: 'Of `POST /api/v1/jiga/sessions`.' } },
    messages: Object.fromEntries(
      channel.messages.map((message) => [
        nameOf(message),
        { $ref: `#/components/messages/${componentName(channel, message)}` },
      ]),
    ),
  };
}

/** AsyncAPI describes the server: it receives what clients send. */
function operationsOf(channel: WireChannel): [string, JsonDocument][] {
  const operation = (action: 'receive' | 'send', from: WireMessage['from']): [string, JsonDocument] => [
    `${channel.id}_${action}`,
    {
      action,
      channel: { $ref: `#/channels/${channel.id}` },
      messages: channel.messages
        .filter((message) => message.from === from)
        .map((message) => ({ $ref: `#/channels/${channel.id}/messages/${nameOf(message)}` })),
    },
  ];
  return [operation('receive', 'client'), operation('send', 'server')];
}

function messageOf(message: WireMessage): JsonDocument {
  const { type, summary, schema, example, isBinary } = message;
  const common = { name: type, title: type, summary };
  if (!isBinary) return { ...common, payload: schema, examples: [{ payload: example }] };
  return {
    ...common,
    contentType: 'application/octet-stream',
    description:
      'Bytes: length of the header (unsigned 32 bits, big-endian), the header (JSON, UTF-8, described by `headers`), the picture or pictures.',
    headers: schema,
    payload: { type: 'string', format: 'binary' },
    examples: [{ headers: example }],
  };
}
