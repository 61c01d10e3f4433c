-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_AccountLibrary" (
    "guildId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "libraryId" TEXT NOT NULL,
    "seen" BOOLEAN NOT NULL DEFAULT false,
    "given" BOOLEAN NOT NULL DEFAULT false,
    "unsure" BOOLEAN NOT NULL DEFAULT false,

    PRIMARY KEY ("guildId", "accountId", "libraryId"),
    CONSTRAINT "AccountLibrary_guildId_accountId_fkey" FOREIGN KEY ("guildId", "accountId") REFERENCES "Account" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "AccountLibrary_guildId_libraryId_fkey" FOREIGN KEY ("guildId", "libraryId") REFERENCES "Library" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_AccountLibrary" ("accountId", "given", "guildId", "libraryId", "seen") SELECT "accountId", "given", "guildId", "libraryId", "seen" FROM "AccountLibrary";
DROP TABLE "AccountLibrary";
ALTER TABLE "new_AccountLibrary" RENAME TO "AccountLibrary";
CREATE INDEX "AccountLibrary_guildId_libraryId_idx" ON "AccountLibrary"("guildId", "libraryId");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
