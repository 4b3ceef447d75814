import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Handlers } from '../../../main/contract/calls.ts';
import { VigilError } from '../../../main/contract/failure.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { type CliHome, cliHome } from '../../support/cli-home.ts';
import { sampleOperation } from '../../support/sample-machine.ts';

/** The real command line, in front of an engine whose answers are ours. */

let cli: CliHome;
const engine = async (answers: Partial<Handlers>) => {
  await cli.end();
  cli = await cliHome(answers);
};
const endsAs = (changes: Partial<Operation>): Partial<Handlers> => {
  const begin = () => sampleOperation({ ...changes, state: 'running' });
  return {
    'machine.pause': begin,
    'machine.resume': begin,
    'operation.wait': () => sampleOperation(changes),
  };
};

beforeEach(async () => {
  cli = await cliHome({});
});
afterEach(() => cli.end());

describe('pause and resume', () => {
  test.each([
    ['pause', 'machine.pause', "Machine 'demo' paused\n"],
    ['resume', 'machine.resume', "Machine 'demo' resumed\n"],
  ] as const)('%s says when it is so, and prints the operation with --json', async (verb, call, stdout) => {
    await engine(endsAs({ kind: verb }));
    expect(await cli.vigil(verb, 'demo')).toEqual({ exitCode: 0, stdout, stderr: '' });
    expect(cli.inputOf(call)).toEqual({ machine: 'demo' });
    expect(JSON.parse((await cli.vigil(verb, 'demo', '--json')).stdout)).toEqual(sampleOperation({ kind: verb }));
  });

  test('a refusal is told with its way out, exit code 1', async () => {
    await engine({
      'machine.resume': () => {
        throw new VigilError('refused', "'demo' is stopped and cannot be resumed.", { hint: 'Start it.' });
      },
    });
    const result = await cli.vigil('resume', 'demo');
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toContain("Machine 'demo' failed to resume: 'demo' is stopped and cannot be resumed.");
    expect(result.stderr).toContain('hint: Start it.');
  });
});

test.each(['pause', 'resume'])('help for %s has an example', async (verb) => {
  const result = await cli.vigil(verb, '--help');
  expect(result.exitCode).toBe(0);
  expect(result.stdout).toContain(`Example:\n  vigil ${verb} `);
});
