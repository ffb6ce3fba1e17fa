/** The scopes each endpoint asks of a scoped token (api.md 8.5), for hints. */
const SCOPES: Readonly<Record<string, string>> = {
  "GET /spaces": "read:space:confluence",
  "GET /spaces/{id}/pages": "read:page:confluence",
  "GET /pages": "read:page:confluence",
  "GET /pages/{id}": "read:page:confluence",
  "GET /pages/{id}/versions": "read:page:confluence",
  "GET /pages/{id}/attachments": "read:attachment:confluence",
  "GET /spaces/{id}/blogposts": "read:page:confluence",
  "GET /blogposts": "read:page:confluence",
  "GET /blogposts/{id}": "read:page:confluence",
  "GET /pages/{id}/labels": "read:page:confluence",
  "GET /folders/{id}": "read:folder:confluence",
  "GET /whiteboards/{id}": "read:whiteboard:confluence",
  "GET /databases/{id}": "read:database:confluence",
  "GET /embeds/{id}": "read:embed:confluence",
  "GET /attachments/{id}": "read:attachment:confluence",
  "GET /rest/api/content/search": "search:confluence",
  "GET /rest/api/content/{id}/child/attachment/{attachmentId}/download": "read:attachment:confluence",
  "GET /rest/api/user/current": "read:confluence-user",
};

/**
 * What a scoped token must be allowed to use an endpoint.
 *
 * @param endpoint Such as `GET /spaces/{id}/pages`.
 * @returns The scope; null where none is known.
 */
export function scopeOf(endpoint: string): string | null {
  return SCOPES[endpoint] ?? null;
}
