export function mentionedExports(asm: string, scripts: string, exported: string[]): string[];
export function shortAssignments(asm: string, scripts: string): string;
export function shortened(asm: string, scripts: string): string;
