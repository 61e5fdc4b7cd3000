export function swept(asm: string, scripts: string, imports: string[]): string;
