/** Texts of the contacts screens. */
export const contactsMessages = {
  'contacts.title': 'Contacts',
};
