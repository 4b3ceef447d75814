import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CliSurroundings } from '../../../main/cli/cli-context.ts';
import { createProgram } from '../../../main/cli/program.ts';

// Only its help is read: nothing is run, nothing is printed.
const program = createProgram({ terminal: {}, version: '0.0.0' } as CliSurroundings, async () => undefined);

function commandsOf(command: Command, path = ''): readonly (readonly [string, Command])[] {
  return command.commands.flatMap((each) => {
    const name = `${path} ${each.name()}`.trim();
    return [[name, each] as const, ...commandsOf(each, name)];
  });
}

describe('the help of every command', () => {
  it.each(commandsOf(program))('lists `%s` in a few words, without a sentence', (_name, command) => {
    const words = command.summary() || command.description();
    expect(words).toMatch(/^[a-z].*[^.]$/);
    expect(words.length).toBeLessThan(75);
  });
});
