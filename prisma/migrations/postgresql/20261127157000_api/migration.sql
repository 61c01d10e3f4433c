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
    "createdAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3),
    "lastUsedAt" TIMESTAMP(3),

    CONSTRAINT "ApiToken_pkey" PRIMARY KEY ("guildId","id")
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
    "at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ApiCall_pkey" PRIMARY KEY ("guildId","tokenId","key")
);

-- CreateTable
CREATE TABLE "ApiOperation" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "about" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ApiOperation_pkey" PRIMARY KEY ("guildId","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "ApiToken_hmac_key" ON "ApiToken"("hmac");

-- CreateIndex
CREATE UNIQUE INDEX "ApiToken_guildId_nameKey_key" ON "ApiToken"("guildId", "nameKey");

-- CreateIndex
CREATE INDEX "ApiCall_guildId_at_idx" ON "ApiCall"("guildId", "at");

-- CreateIndex
CREATE INDEX "ApiOperation_guildId_createdAt_idx" ON "ApiOperation"("guildId", "createdAt");

-- AddForeignKey
ALTER TABLE "ApiToken" ADD CONSTRAINT "ApiToken_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiCall" ADD CONSTRAINT "ApiCall_guildId_tokenId_fkey" FOREIGN KEY ("guildId", "tokenId") REFERENCES "ApiToken"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiOperation" ADD CONSTRAINT "ApiOperation_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;
