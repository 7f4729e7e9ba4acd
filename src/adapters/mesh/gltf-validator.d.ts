/** The Khronos validator ships no types; this is what we use of it. */
declare module 'gltf-validator' {
  export function validateBytes(
    bytes: Uint8Array,
    options?: { format?: 'glb'; maxIssues?: number; writeTimestamp?: boolean },
  ): Promise<{
    issues: {
      numErrors: number;
      numWarnings: number;
      messages: { code: string; message: string; severity: 0 | 1 | 2 | 3; pointer?: string }[];
    };
  }>;
}
