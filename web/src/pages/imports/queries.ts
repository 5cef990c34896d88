// Imports: the files uploaded, their mapping, their progress.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import type { ImportStartRequest, ImportView } from '../../api/types';

const RUNNING_REFRESH_MS = 1000;

/** All imports, the latest first. */
export function useImports() {
  return useQuery({
    queryKey: ['imports'],
    queryFn: () => ask(api.GET('/api/v1/imports')),
    refetchInterval: (query) =>
      query.state.data?.items.some((each) => each.state === 'running') ? 3000 : false,
  });
}

/** One import; asked for every second while it runs. */
export function useImport(id: number) {
  return useQuery({
    queryKey: ['imports', id],
    queryFn: () => ask(api.GET('/api/v1/imports/{id}', { params: { path: { id } } })),
    refetchInterval: (query) =>
      query.state.data?.state === 'running' ? RUNNING_REFRESH_MS : false,
  });
}

/** Uploads a file. */
export function useUpload() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (file: File) => {
      const form = new FormData();
      form.append('file', file, file.name);
      return ask(
        api.POST('/api/v1/imports', {
          // The document describes the part as text; the browser sends the file itself.
          body: { file: '' },
          bodySerializer: () => form,
        }),
      );
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['imports'] }),
  });
}

function useImportChange<T>(id: number, send: (body: T) => Promise<ImportView>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: async (view) => {
      client.setQueryData(['imports', id], view);
      await client.invalidateQueries({ queryKey: ['imports'] });
    },
  });
}

/** Starts an import with its mapping. */
export function useStartImport(id: number) {
  return useImportChange(id, (body: ImportStartRequest) =>
    ask(api.POST('/api/v1/imports/{id}/start', { params: { path: { id } }, body })),
  );
}

/** Stops an import; rows imported so far stay. */
export function useCancelImport(id: number) {
  return useImportChange(id, () =>
    ask(api.POST('/api/v1/imports/{id}/cancel', { params: { path: { id } } })),
  );
}
