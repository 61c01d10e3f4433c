-- Whose an account may be that is no member's, and what staff have said of it.
CREATE TABLE "Arrival" (
    "guildId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "memberId" TEXT,
    "score" INTEGER NOT NULL,
    "why" TEXT,
    "isSure" BOOLEAN NOT NULL,
    "isLookedUp" BOOLEAN NOT NULL,
    "aside" TEXT,

    PRIMARY KEY ("guildId", "accountId"),
    CONSTRAINT "Arrival_guildId_accountId_fkey" FOREIGN KEY ("guildId", "accountId") REFERENCES "Account" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);
