export type FaultCell = {
  call: string;
  retry: string;
  through: string;
  fault: string;
  outcome: string;
  effects: number;
  broken: string[];
};
export function renderFaultTable(cells: FaultCell[]): string;
export function insertFaultTable(page: string, table: string): string;
