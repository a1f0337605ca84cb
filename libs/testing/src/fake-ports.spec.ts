import { modelPortsContract, type PortsUnderTest } from '../../../test/contracts/model-ports.contract.js';
import { FakePorts, type FakePortConduct } from './fake-ports.js';
import type { FakeConduct } from './fake-model-server.js';

const CONDUCTS: Readonly<Record<string, FakePortConduct>> = {
  401: 'unauthenticated',
  400: 'bad_request',
  429: 'rate_limited',
  500: 'unavailable',
  break: 'unavailable',
  nonsense: 'bad_answer',
  flood: 'bad_answer',
  silence: 'hang',
  stall: 'hang',
};

function makeFake(): PortsUnderTest {
  const fake = new FakePorts();
  return {
    ports: { vision: fake, transcription: fake, reply: fake, speech: fake },
    conduct: (conduct: FakeConduct, retryAfter) => {
      fake.conduct = CONDUCTS[conduct] ?? 'answer';
      fake.retryAfterMs = retryAfter === undefined ? null : Number(retryAfter) * 1000;
    },
    say: (saying) => {
      fake.saying = { ...fake.saying, ...saying };
    },
    asked: () => fake.calls.length,
    brokenOff: () => null,
  };
}

modelPortsContract('fake', ['vision', 'reply', 'transcription', 'speech'], makeFake);
