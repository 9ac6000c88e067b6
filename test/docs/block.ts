/** What stands between two fences of a page, and what the comments before it say of it. */
export interface Block {
  /** Of its first line, in the page. */
  line: number;
  /** As the opening fence names it; empty where it names none. */
  language: string;
  text: string;
  instructions: Instructions;
}

export interface Instructions {
  /** Why it is not run, or not checked. */
  notRun?: string;
  /** It goes on until the page ends. */
  background?: boolean;
  /** What readers have done already, in the language of the shell. */
  before?: string;
  /** With what its last command ends; 0 unless it is said. */
  exitCode?: number;
  /** It is what the commands before it print. */
  output?: boolean;
}

/** One member for each comment that stands before a block. */
const instructionPatterns = {
  notRun: /^not run:(.*)$/s,
  background: /^run: background$/,
  before: /^run: before:\s+(.+)$/s,
  exitCode: /^run: expects exit (\d{1,3})$/,
  output: /^output$/,
} as const;

/** Whether it is run, as commands. */
export function isRun({ language, instructions }: Block): boolean {
  return language === 'sh' && instructions.notRun === undefined;
}

/** Whether somebody meant it as an instruction. */
export function looksLikeInstruction(comment: string): boolean {
  return /^(not[ -]?run|run|output)\b/i.test(comment);
}

/** @throws where one of them is no instruction, or two of them contradict each other */
export function readInstructions(comments: readonly string[], language: string): Instructions {
  const instructions: Instructions = Object.assign({}, ...comments.map(readInstruction));
  if (Object.keys(instructions).length < comments.length) throw new Error('says the same twice');
  const { notRun, output, ...running } = instructions;
  const others = Object.keys(running).length > 0;
  if (notRun !== undefined && (output || others)) throw new Error('is not run, and yet it is said how');
  if (output && (others || !['', 'text'].includes(language))) throw new Error('is no output: it has a language');
  if (others && language !== 'sh') throw new Error('is said to run, and only those of the language sh do');
  return instructions;
}

function readInstruction(comment: string): Instructions {
  for (const [name, pattern] of Object.entries(instructionPatterns)) {
    const match = pattern.exec(comment);
    if (match === null) continue;
    const said = match[1]?.trim();
    if (name === 'notRun' && said === '') throw new Error('is not run, and it is not said why');
    return { [name]: name === 'exitCode' ? Number(said) : (said ?? true) };
  }
  throw new Error(`has a comment before it that is no instruction: ${comment}`);
}
