/** What a conversion may ask about the world around a body. All of it is optional; nothing here touches a network. */
export interface ConversionContext {
  /** Key of the space that holds the page: links without a space mean this one. */
  readonly spaceKey?: string;
  /** Id of the page itself: attachments without a page hang on this one. */
  readonly pageId?: string;
  /** Address of the site for people, such as `https://example.atlassian.net/wiki`. */
  readonly siteUrl?: string;
  /** The page of that title, or null where the index does not know it. */
  resolvePage?(spaceKey: string | null, title: string): { readonly id: string; readonly href: string } | null;
  /** The page of that id, or null where the index does not know it. */
  resolvePageId?(id: string): { readonly href: string; readonly title?: string } | null;
  /** Where the file of that name on that page is, or null; a null page id means that it is not known. */
  resolveAttachment?(pageId: string | null, filename: string): { readonly href: string } | null;
  /** The attachment with that media id (the `id` of ADF media nodes), or null. */
  attachmentByFileId?(fileId: string): { readonly filename: string; readonly href: string } | null;
  /** Display name of an account id, user key or user name, or null. */
  userName?(accountId: string): string | null;
}
