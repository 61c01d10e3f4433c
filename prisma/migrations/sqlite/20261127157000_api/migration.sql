-- CreateTable
CREATE TABLE "ApiToken" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "nameKey" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "hmac" TEXT NOT NULL,
    "last4" TEXT NOT NULL,
    "createdById" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "expiresAt" DATETIME,
    "lastUsedAt" DATETIME,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "ApiToken_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ApiCall" (
    "guildId" TEXT NOT NULL,
    "tokenId" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "bodyHash" TEXT NOT NULL,
    "auditNumber" INTEGER NOT NULL,
    "answerCipher" TEXT,
    "at" DATETIME NOT NULL,

    PRIMARY KEY ("guildId", "tokenId", "key"),
    CONSTRAINT "ApiCall_guildId_tokenId_fkey" FOREIGN KEY ("guildId", "tokenId") REFERENCES "ApiToken" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ApiOperation" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "about" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "ApiOperation_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "ApiToken_hmac_key" ON "ApiToken"("hmac");

-- CreateIndex
CREATE UNIQUE INDEX "ApiToken_guildId_nameKey_key" ON "ApiToken"("guildId", "nameKey");

-- CreateIndex
CREATE INDEX "ApiCall_guildId_at_idx" ON "ApiCall"("guildId", "at");

-- CreateIndex
CREATE INDEX "ApiOperation_guildId_createdAt_idx" ON "ApiOperation"("guildId", "createdAt");
