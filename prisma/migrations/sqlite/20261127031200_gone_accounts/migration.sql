-- AlterTable
ALTER TABLE "Account" ADD COLUMN "formerMemberId" TEXT;
ALTER TABLE "Account" ADD COLUMN "lookAt" DATETIME;
ALTER TABLE "Account" ADD COLUMN "missingSince" DATETIME;

-- CreateIndex
CREATE INDEX "Account_lookAt_guildId_idx" ON "Account"("lookAt", "guildId");

-- CreateIndex
CREATE INDEX "Account_guildId_lookAt_idx" ON "Account"("guildId", "lookAt");
