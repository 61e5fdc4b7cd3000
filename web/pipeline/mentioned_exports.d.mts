export function mentionedExports(asm: string, loader: string, exported: string[]): string[];
