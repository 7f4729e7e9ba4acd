import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { invalidInput } from '../../domain/failure.js';
import { parseInput } from '../../domain/parse-input.js';
import { projectNameSchema } from '../../domain/project.js';
import { withFileLock } from '../files/file-lock.js';
import { writeFileAtomically } from '../files/write-atomically.js';
import { parseRemoteAddress } from './remote-address.js';

const registryFileSchema = z.strictObject({
  version: z.literal(1),
  projects: z.record(projectNameSchema, z.strictObject({ repository: z.string().min(1) })),
});
type RegistryFile = z.infer<typeof registryFileSchema>;

export type RegisteredProject = {
  name: string;
  /** A Git URL without credentials, or an absolute path. */
  repository: string;
};

/** Which games this worker serves. Inputs name a project, never a repository. */
export interface ProjectRegistry {
  /** Registers the project; again with the same repository it changes nothing. */
  add(name: string, repository: string): Promise<RegisteredProject>;
  list(): Promise<RegisteredProject[]>;
  /** @throws InvalidInput that names what is registered */
  get(name: string): Promise<RegisteredProject>;
  /** The named project, or without a name the only one there is. */
  resolve(name: string | undefined): Promise<RegisteredProject>;
  /** Forgets the project; its repository is not touched. */
  remove(name: string): Promise<void>;
}

export function createProjectRegistry(options: { file: string }): ProjectRegistry {
  const file = path.resolve(options.file);

  async function read(): Promise<RegistryFile> {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { version: 1, projects: {} };
      throw error;
    }
    return parseInput(registryFileSchema, `the list of projects (${file})`, parseJson(text, file));
  }

  async function change(edit: (projects: RegistryFile['projects']) => void): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    await withFileLock(file, {}, async () => {
      const registry = await read();
      edit(registry.projects);
      await writeFileAtomically(file, `${JSON.stringify(registry, null, 2)}\n`);
    });
  }

  async function list(): Promise<RegisteredProject[]> {
    const { projects } = await read();
    return Object.entries(projects)
      .map(([name, { repository }]) => ({ name, repository }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async function get(name: string): Promise<RegisteredProject> {
    const projects = await list();
    const found = projects.find((project) => project.name === name);
    if (found) return found;
    throw unknownProject(`"${name}"`, projects);
  }

  return {
    list,
    get,

    async add(name, address) {
      parseInput(projectNameSchema, "the project's name", name);
      const repository = parseRemoteAddress(address);
      await change((projects) => {
        const present = projects[name];
        if (present && present.repository !== repository) {
          throw invalidInput('the project', [
            {
              field: 'name',
              value: `"${name}", which is ${present.repository} already`,
              remedy: `choose another name, or first run: graveshift project remove ${name}`,
            },
          ]);
        }
        projects[name] = { repository };
      });
      return { name, repository };
    },

    async resolve(name) {
      if (name !== undefined) return await get(name);
      const projects = await list();
      const [only] = projects;
      if (only && projects.length === 1) return only;
      throw unknownProject('no project', projects);
    },

    async remove(name) {
      await get(name);
      await change((projects) => {
        // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a record read from the file, named by the schema
        delete projects[name];
      });
    },
  };
}

function unknownProject(value: string, projects: readonly RegisteredProject[]): Error {
  const names = projects.map((project) => project.name);
  const remedy =
    names.length === 0
      ? 'no project is registered with this worker: graveshift project add NAME GIT-URL|PATH'
      : `expected one of: ${names.join(', ')}`;
  return invalidInput('the project', [{ field: 'project', value, remedy }]);
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidInput('the list of projects', [
      {
        field: file,
        value: (error as Error).message,
        remedy: 'mend the JSON, or remove the file and add the projects again',
      },
    ]);
  }
}
